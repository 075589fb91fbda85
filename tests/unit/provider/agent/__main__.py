"""Stands in for the agent at the far end of SSH: says what scenario.json tells it to, and reports what it got."""

import base64
import json
import os
import sys
import time
from pathlib import Path

place = Path(os.environ["QUORATE_TEST"])
scenario = json.loads((place / "scenario.json").read_text())
here = Path.cwd()
files = sorted(here.rglob("*"))
report = {
    "words": sys.argv[1:],
    "folder": str(here),
    "modes": {str(path.relative_to(here)): oct(path.stat().st_mode & 0o7777) for path in [here, *files]},
    "contents": {
        str(path.relative_to(here)): base64.b64encode(path.read_bytes()).decode() for path in files if path.is_file()
    },
}
with (place / "report.jsonl").open("a") as out:
    out.write(json.dumps(report) + "\n")
for event in scenario["events"]:
    if isinstance(event, (int, float)):
        time.sleep(event)
    else:
        print(event if isinstance(event, str) else json.dumps(event), flush=True)
print(scenario.get("errors", ""), file=sys.stderr)
sys.exit(scenario.get("exit", 0))
