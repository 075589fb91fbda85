"""The sites and changes that are recorded."""

from dataclasses import dataclass

from plan.loading.presets import merged
from tests.unit.review.recording.project import Site


def site(members: int) -> Site:
    """Whole machines in a data centre, one to a room."""
    return {
        "preset": "prod",
        "cluster": "north",
        "kind": "hosts",
        "members": members,
        "nodes": [
            {"name": f"cp{i}", "address": f"10.1.0.{10 + i}", "failureDomain": f"room-{i}"}
            for i in range(1, members + 1)
        ],
        "network": {"hosts": "10.1.0.0/24", "gateway": "10.1.0.1"},
        "endpoint": {"name": "api.north.example.com", "virtualIp": {"address": "10.1.0.10", "interface": "eth0"}},
        "ssh": {"privateKeyPath": "key"},
    }


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One change. `source`: a file, a text in it and its replacement, for changes that are no setting."""

    name: str
    before: int  # members of the site that the change starts from
    after: Site
    source: tuple[str, str, str] | None = None
    plan: bool = False  # the saved plan is kept as well


RECORDINGS = (
    Recording(name="scale-3-to-5", before=3, after=site(5), plan=True),
    Recording(name="scale-5-to-3", before=5, after=site(3)),
    Recording(name="certificate-lifetime", before=3, after=merged(site(3), {"certificates": {"leafHours": 4380}})),
    Recording(
        name="remove-a-san",
        before=3,
        after=site(3),
        source=("plan/certificates/names.py", '            "kubernetes.default.svc",\n', ""),
    ),
    Recording(
        name="another-endpoint", before=3, after=merged(site(3), {"endpoint": {"name": "kubernetes.north.example.com"}})
    ),
)
