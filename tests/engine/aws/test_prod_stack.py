"""The committed `prod` environment with the real CLI, as far as a preview shows it: before its first update."""

from pathlib import Path

from workbench.cloud.cloud import Cloud
from workbench.cloud.project import Project

INSTANCE = "aws:ec2/instance:Instance"


def test_production_is_previewed_whole_by_the_provider_s_own_rules(tmp_path: Path, cloud: Cloud) -> None:
    planned = Project(tmp_path, cloud, stack="prod").preview().steps()
    assert set(planned.values()) == {"create"}
    assert {name for kind, name in planned if kind == INSTANCE} == {"cp1", "cp2", "cp3", "cp4", "cp5"}
