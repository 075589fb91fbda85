"""RTO and RPO by what was lost, from the recorded drills."""

from collections.abc import Sequence

from workbench.lab.summary import Published
from workbench.markdown import table

HEAD = ("lost", "RPO", "RTO: median (worst), measured", "drill")
NOTHING, SINCE = "nothing", "writes after the newest snapshot"
# What was lost, the data that may be lost, the drill and its figure.
LOSSES: Sequence[tuple[str, str, str, str]] = (
    ("a balancer", NOTHING, "haproxy-killed", "longest gap"),
    ("etcd's leader", NOTHING, "leader-killed", "longest gap"),
    ("the machine that has the address", NOTHING, "owner-dead", "longest gap"),
    ("power of all machines", NOTHING, "power-cut", "three API servers ready"),
    ("one node with its disk", NOTHING, "replace", "longest gap"),
    ("data, through the API", SINCE, "restore", "command to a writable API"),
    ("data, through the API, on AWS", SINCE, "aws-restore", "command to a writable API"),
    ("the quorum with its disks", SINCE, "quorum-lost", "from the loss to a writable API"),
)


def recovery_times(published: Published) -> str:
    """Render one table; it says if a drill was not recorded yet."""
    return table(HEAD, (_row(published, *loss) for loss in LOSSES))


def _row(published: Published, lost: str, gone: str, drill: str, figure: str) -> tuple[str, str, str, str]:
    found = next((one for one in published.drills if one.drill == drill), None)
    times = next((one for one in found.figures if one.name == figure), None) if found else None
    if found is None or times is None:
        return lost, gone, "not recorded yet", drill
    told = f"{times.middle:.1f} {times.unit} ({max(times.values):.1f}), {found.runs} runs"
    return lost, gone, told, f"[{found.title}](drills/{drill}.svg)"
