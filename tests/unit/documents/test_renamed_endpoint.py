"""The endpoint gets another name: hosts and certificates change one by one, and nothing in between fails."""

import re

from documents import balancing, haproxy
from plan import make
from plan.loading.configuration import read

OLD = make(read({"preset": "local"}))
NEW = make(read({"preset": "local", "endpoint": {"name": "other.example.com"}}))


def test_a_balancer_with_the_new_name_accepts_api_servers_that_still_have_the_old_certificate() -> None:
    (verified,) = re.findall(r"verifyhost (\S+)", haproxy.configuration(NEW))
    servers = [one for one in OLD.certificates if one.name == "apiserver"]
    assert len(servers) == len(OLD.nodes)
    assert all(verified in one.dns_names for one in servers)


def test_peers_call_each_other_back_by_the_same_names_before_and_after() -> None:
    assert [balancing.called_back_as(OLD, host) for host in OLD.nodes] == [
        balancing.called_back_as(NEW, host) for host in NEW.nodes
    ]
