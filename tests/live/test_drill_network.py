"""One machine that the others do not hear, or that does not hear them, while clients reach all of them."""

import pytest

from workbench.lab.fault import Fault, What
from workbench.lab.outlive import outlive
from workbench.lab.recording import Recording

GROUP = "Network"
CUT_SECONDS = 15.0
TITLES: dict[What, str] = {
    "isolate": "{} cut off from the others",
    "deafen": "{} does not hear the others",
    "silence": "{} is not heard by the others",
    "lose-packets": "{} loses 30 % of the others' packets",
}
WHO = {"vip-owner": "Owner of the address", "etcd-leader": "etcd's leader", "bystander": "Machine without a role"}


@pytest.mark.drill
@pytest.mark.parametrize("where", WHO)
@pytest.mark.parametrize("what", TITLES)
def test_a_machine_that_is_cut_off_is_gone_around_and_nothing_stale_is_read_at_it(
    recording: Recording, what: What, where: str
) -> None:
    with recording.drill(f"{what}-{where}", title=TITLES[what].format(WHO[where]), group=GROUP) as running:
        outlive(running, Fault(what=what, where=where, lasts=CUT_SECONDS))
