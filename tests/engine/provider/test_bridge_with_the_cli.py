"""A real bridge of this computer, made and lost and made again by `pulumi up`."""

import json
import os
import shutil
import subprocess

import pytest

from tests.engine.provider.project import Project

NAME, FLEET = "qprov0", "provider-engine-test"
PROGRAM = f"""\
from components.hosts.resources import Bridge

Bridge("net", fleet={FLEET!r}, name={NAME!r}, cidr="10.89.201.1/24")
"""


def is_there() -> bool:
    done = subprocess.run(["ip", "-json", "link", "show"], check=True, capture_output=True, text=True)
    return NAME in {link["ifname"] for link in json.loads(done.stdout)}


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="bridges are made by root with `ip`")
def test_a_bridge_that_a_reboot_took_is_seen_in_the_preview_and_made_again(project: Project) -> None:

    (project.folder / "__main__.py").write_text(PROGRAM)
    try:
        assert project.up().status == 0
        assert is_there()
        assert project.preview("--expect-no-changes").status == 0
        subprocess.run(["ip", "link", "delete", "dev", NAME], check=True)
        assert "1 to update" in project.preview().text
        assert project.up().status == 0
        assert is_there()
    finally:
        gone = project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "test")
    assert gone.status == 0, gone.text
    assert not is_there()
