"""What surrounds a node is looked at: resolvers on loopback, firewalls, and what a reboot would change."""

from agent.surroundings import after_a_reboot, disturbances
from tests.unit.agent.place import Place, Wish

SYSCTL = Wish("/etc/sysctl.d/90-quorate.conf", "net.ipv4.ip_forward = 1\n", "system")


def test_a_resolver_on_loopback_without_systemd_resolved_is_named(place: Place) -> None:
    place.file("/etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    assert ["CoreDNS would forward to itself" in one for one in disturbances(place.host)] == [True]
    place.file("/etc/resolv.conf").write_text("nameserver 127.0.0.53\n")
    place.service("systemd-resolved.service")
    place.host.commands.run("systemctl", "start", "systemd-resolved.service")
    assert list(disturbances(place.host)) == []
    place.end()


def test_a_running_firewalld_is_named(place: Place) -> None:
    place.service("firewalld.service")
    place.host.commands.run("systemctl", "start", "firewalld.service")
    assert "firewalld rejects packets from pods" in next(disturbances(place.host))
    place.end()


def test_what_a_reboot_would_change_is_named_with_its_file(place: Place) -> None:
    place.file("/etc/sysctl.d").mkdir(parents=True)
    place.file("/etc/sysctl.d/99-x.conf").write_text("net.ipv4.ip_forward = 0\n")
    assert after_a_reboot(place.host, place.wanted([SYSCTL])) == [
        "net.ipv4.ip_forward after a reboot: wanted 1, found 0, set by /etc/sysctl.d/99-x.conf"
    ]
