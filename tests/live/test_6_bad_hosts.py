"""What one host cannot do must not stop the others, and must be said with its name."""

import json
import shutil
from pathlib import Path

from machines.place import cache
from tests.live.cluster import NODES, Cluster, settings

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


def test_a_program_with_a_wrong_checksum_is_not_installed_and_the_cluster_is_untouched(
    cluster: Cluster, tmp_path: Path
) -> None:
    manifests = sorted(cache().glob("store*/**/manifest.json"))
    assert manifests, "the store has no manifest"
    manifest = tmp_path / "manifest.json"
    shutil.copy(manifests[-1], manifest)
    content = json.loads(manifest.read_text())
    for file in content["files"]:
        if file["path"] == "bin/kubectl":
            file["sha256"] = "0" * 64
    manifest.write_text(json.dumps(content))
    cluster.stack.set(settings(artifacts={"manifest": str(manifest)}))
    failed = cluster.stack.up().refused()
    assert "bin/kubectl" in failed.output
    assert any(name in failed.output for name in NODES)
    cluster.site.whole()
    cluster.stack.set(settings())
    cluster.stack.up().good()
    cluster.site.wait_until_whole(seconds=30)
