"""Changes of the committed `dev` environment, on an AWS of this computer: only the machines do not exist."""

from pathlib import Path

from tests.unit.review.recording import slim
from workbench.cloud.cloud import Cloud
from workbench.cloud.project import Project, missing

Json = dict[str, object]


def instance_size(folder: Path) -> Json:
    """From the smallest size to the next, after all of it was made (4 minutes, most of them the provider's waits)."""
    if reason := missing():
        raise RuntimeError(reason)
    cloud = Cloud(folder / "cloud")
    cloud.start()
    try:
        project = Project(folder, cloud)
        project.up()
        return larger(project)
    finally:
        cloud.stop()


def larger(project: Project) -> Json:
    """What the preview of the next size says; the project's settings are as before afterwards."""
    kept = dict(project.settings["quorate:aws"])
    project.settings["quorate:aws"] = {**kept, "machines": {"size": "medium"}}
    try:
        return slim.preview(project.preview("--show-sames").digest())
    finally:
        project.settings["quorate:aws"] = kept
