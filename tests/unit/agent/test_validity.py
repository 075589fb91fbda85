"""Certificates that are not valid by this machine's clock are named before anything is changed."""

import pytest

from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.validity import require_valid
from tests.unit.agent.issuing import Authority
from tests.unit.agent.place import Place, Wish

PATH = "/etc/kubernetes/pki/apiserver.crt"


def wanted(place: Place, *, days: float = 30, begins: float = -1 / 24) -> Wanted:
    """`days` until the end and `begins` days from now."""
    pair = Authority("ca").issue("kube-apiserver", days=days, begins=begins)
    return place.wanted([Wish(PATH, pair.certificate, "control-plane"), Wish("/etc/kubernetes/x.conf", "x", "system")])


def test_an_issuer_whose_clock_is_two_hours_ahead_is_named_with_certificate_and_both_times(place: Place) -> None:
    with pytest.raises(Failed, match=rf"nothing was changed: this machine's clock shows 20.*{PATH} is valid only from"):
        require_valid(wanted(place, begins=2 / 24), place.events)


def test_a_certificate_that_ended_before_it_arrived_is_named_with_its_date(place: Place) -> None:
    with pytest.raises(Failed, match=rf"{PATH} expired on 20.* run the update again to renew"):
        require_valid(wanted(place, days=-0.01), place.events)


def test_a_difference_of_a_moment_is_waited_for(place: Place) -> None:
    require_valid(wanted(place, begins=2 / 86400), place.events)
    assert any(event["event"] == "lock" and "until the new certificates" in str(event["text"]) for event in place.heard)


def test_valid_certificates_pass_at_once(place: Place) -> None:
    require_valid(wanted(place), place.events)
    assert place.heard == []
