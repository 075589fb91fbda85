"""`python -m workbench.baking --into FOLDER [--preset local]`: a machine root with everything that a node installs.

The agent itself bakes it, from this clone's store, exactly as on an instance that becomes a cloud image. Machines
start from it with QUORATE_IMAGE=FOLDER. Needs root.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import documents
from agent.system.archive import archive
from plan import Refused, make
from plan.loading.configuration import load
from plan.store import PLACE
from provider.local.machines import image
from provider.local.machines.unable import Unable
from workbench.places import PRIVATE, ROOT

# The mounts are removed with the namespace in every case.
INSIDE = """
mount --bind "$1" "$1" && cd "$1" || exit 1
mkdir -p "$1$3" wanted && mount --bind -o ro "$2" "$1$3" && mount --bind "$4" wanted || exit 1
mount -t proc proc proc && mount -t sysfs sys sys && mount --bind /dev dev || exit 1
mount -t tmpfs run run && mount -t tmpfs tmp tmp && exec chroot "$1" python3 /wanted/agent.pyz bake --wanted /wanted
"""


def main() -> int:
    """Bake and report the result; returns 1 on failure."""
    parser = argparse.ArgumentParser(prog="python -m workbench.baking", description="Bake a machine's root.")
    parser.add_argument("--into", type=Path, required=True, help="the new root; an existing one is replaced")
    parser.add_argument("--preset", default="local", help="the preset of the nodes (default: local)")
    given = parser.parse_args()
    try:
        result = bake(given.into.absolute(), given.preset)
    except (Refused, Unable, subprocess.CalledProcessError) as reason:
        sys.stderr.write(f"baking: {reason}\n")
        return 1
    sys.stderr.write(f"{result}\n")
    return 0


def bake(into: Path, preset: str) -> str:
    """Make the root from the machines' image; returns the agent's summary.

    Raises Refused, Unable, CalledProcessError.
    """
    plan = make(load({"preset": preset}, ROOT))
    base = image.ensure(lambda text: print(text, file=sys.stderr))
    draft, wanted = into.with_name(f"{into.name}.draft"), into.with_name(f"{into.name}.wanted")
    for folder in (draft, wanted):
        shutil.rmtree(folder, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", base, draft], check=True)
    wanted.mkdir(parents=True)
    (wanted / "node.json").write_text(documents.manifest(plan, plan.nodes[0]), encoding="utf-8")
    (wanted / "files.json").write_text("[]", encoding="utf-8")
    (wanted / "agent.pyz").write_bytes(archive())
    store = (PRIVATE / "store").resolve()
    command = ["unshare", "--mount", "sh", "-c", INSIDE, "sh", str(draft), str(store), str(PLACE), str(wanted)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    result = json.loads(said[-1]) if said else {"ok": False, "text": "the agent did not start"}
    if not result["ok"]:
        raise Unable(
            "the agent installs everything in the root",
            got=result["text"],
            why="machines start from it",
            fix="see its reason",
        )
    (draft / "wanted").rmdir()
    shutil.rmtree(wanted)
    shutil.rmtree(into, ignore_errors=True)
    draft.rename(into)
    return str(result["text"])


if __name__ == "__main__":
    sys.exit(main())
