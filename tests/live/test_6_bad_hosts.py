"""What one host cannot do must not stop the others, and must be said with its name."""

import json

from workbench.lab.cluster import NODES, Cluster, settings

SILENT = "cp3"


def test_a_host_that_cannot_be_reached_fails_by_name_and_the_next_up_continues(cluster: Cluster) -> None:
    change = settings(controlPlane={"audit": {"maxBackups": 7}})
    cluster.stack.set(change)
    cluster.machines.run(SILENT, "systemctl", "stop", "ssh")
    try:
        failed = cluster.stack.up().refused()
    finally:
        cluster.machines.run(SILENT, "systemctl", "start", "ssh")
    assert SILENT in failed.output
    assert NODES[SILENT] in failed.output, failed.tail
    cluster.site.wait_until_whole(seconds=30)
    cluster.stack.up().good()
    cluster.site.wait_until_whole(seconds=30)


def test_a_program_with_a_wrong_checksum_is_not_installed_and_the_cluster_is_untouched(cluster: Cluster) -> None:
    manifest = cluster.ground.store / "manifest.json"
    right = manifest.read_text()
    content = json.loads(right)
    for file in content["files"]:
        if file["path"] == "bin/kubectl":
            file["sha256"] = "0" * 64
    manifest.write_text(json.dumps(content))
    try:
        failed = cluster.stack.up().refused()
    finally:
        manifest.write_text(right)
    assert "bin/kubectl" in failed.output, failed.tail
    assert all(name in failed.output for name in NODES), failed.tail
    cluster.site.whole()
    cluster.stack.up().good()
    cluster.site.wait_until_whole(seconds=30)
