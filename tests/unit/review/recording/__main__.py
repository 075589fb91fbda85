"""`python -m tests.unit.review.recording [NAME...]`: remake the recorded changes (minutes; needs `make setup`)."""

import json
import sys
import tempfile
from pathlib import Path

from tests.unit.review.recording import slim
from tests.unit.review.recording.cloud import instance_size
from tests.unit.review.recording.project import RecordedProject
from tests.unit.review.recording.sites import RECORDINGS, site

SHOWN = "prod"  # each starting point has a stack of its own; the reader sees one
FOLDER = Path(__file__).resolve().parent.parent / "changes"


def main(names: list[str]) -> None:
    if not names or "instance-size" in names:
        with tempfile.TemporaryDirectory(prefix="quorate-recording-") as folder:
            keep("instance-size.json", instance_size(Path(folder)))
    wanted = [recording for recording in RECORDINGS if not names or recording.name in names]
    if not wanted:
        return
    with tempfile.TemporaryDirectory(prefix="quorate-recording-") as folder:
        project = RecordedProject(Path(folder))
        for members in sorted({recording.before for recording in wanted}):
            stack = f"of-{members}"
            project.settle(stack, site(members))
            for recording in (r for r in wanted if r.before == members):
                preview, plan = project.preview(stack, recording.after, recording.source)
                keep(f"{recording.name}.json", slim.preview(preview), stack)
                if recording.plan:
                    keep(f"{recording.name}.plan.json", slim.plan(json.loads(plan)), stack)


def keep(name: str, value: object, stack: str = "") -> None:
    """`stack`: a name that only the recording has."""
    text = json.dumps(value, indent=1, sort_keys=True) + "\n"
    (FOLDER / name).write_text(text.replace(stack, SHOWN) if stack else text)
    sys.stdout.write(f"recorded {name}\n")


main(sys.argv[1:])
