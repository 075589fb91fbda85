"""Other certificate authorities, while clients work. The last of the drills: what was issued before is refused then."""

from dataclasses import replace

import pytest

from workbench.lab.cluster import Cluster, site
from workbench.lab.figure import Figure
from workbench.lab.recording import Recording

GROUP = "Operations"


@pytest.mark.drill
@pytest.mark.parametrize("authority", ["etcd", "front-proxy", "cluster"])
def test_an_authority_is_rotated_and_no_client_with_a_retry_notices(
    cluster: Cluster, recording: Recording, authority: str
) -> None:
    stack, members = cluster.stack, cluster.site.members()
    for phase in ("add", "promote", "remove"):
        # A client of before the promotion trusts only the former authority, one of before the removal is refused.
        now = replace(recording, site=site(stack))
        title = f"Authority {authority}: {phase}"
        with now.drill(f"authority-{authority}-{phase}", title=title, group=GROUP) as running:
            file = ("--config-file", str(stack.settings_file))
            done = stack.operation("certificates", "rotate", authority, "--yes", *file).good()
            running.wait_for_writes(seconds=10)
            running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
            running.figure(Figure(name="step", value=round(done.seconds, 1)))
        assert f"done: {phase};" in done.output
        assert not running.finished.service.failed_for_good, running.finished.service.reasons
    after = site(stack)
    after.wait_until_whole(seconds=30)
    assert after.members() == members, "a rotation must not touch the membership"
    stack.preview("--expect-no-changes").good()
