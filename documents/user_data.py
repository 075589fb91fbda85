"""What an instance gets at its first boot: who it is, and how to fetch the rest. No secret, and nothing that changes.

AWS accepts 16,384 bytes, before base64; everybody on the machine, and everybody who may describe instances, can read
them. A change would replace the instance, so neither settings nor certificates stand here.
"""

import json

from documents.places import UNITS
from documents.yaml_text import yaml_text
from plan import Node, Plan
from plan.aws import names as aws_names

LARGEST = 16_384  # bytes (AWS: instance user data)
PLACE = "/etc/quorate/place.json"
PROGRAM = "/usr/local/lib/quorate/contact.py"
SERVICE, TIMER = f"{UNITS}/quorate.service", f"{UNITS}/quorate.timer"

UNIT = f"""[Unit]
Description=Brings this machine to what Quorate planned for it
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {PROGRAM} converge
# A first start installs everything; the lock of a whole cluster may have to be waited for.
TimeoutStartSec=1h
"""
# A change reaches every node within minutes; the random part keeps the nodes from asking AWS all at once.
SCHEDULE = """[Unit]
Description=Looks for changes of what Quorate planned for this machine

[Timer]
OnBootSec=10s
OnUnitInactiveSec=3min
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
"""


def user_data(plan: Plan, node: Node, *, contact: str) -> str:
    """A cloud-config. `contact` is the text of the program that makes the first contact (`agent/aws/client.py`)."""
    files = {PLACE: json.dumps(place(plan, node)) + "\n", PROGRAM: contact, SERVICE: UNIT, TIMER: SCHEDULE}
    return "#cloud-config\n" + yaml_text(
        {
            "hostname": node.name,
            "preserve_hostname": False,
            "manage_etc_hosts": False,
            "write_files": [
                {"path": path, "permissions": "0644", "content": content} for path, content in files.items()
            ],
            "runcmd": [
                ["systemctl", "daemon-reload"],
                ["systemctl", "enable", "--now", "quorate.timer"],
            ],
        }
    )


def place(plan: Plan, node: Node) -> dict[str, str]:
    """Where the node finds its own things."""
    settings = plan.settings
    return {
        "region": aws_names.section(settings).region,
        "bucket": aws_names.files_bucket(settings),
        "node": node.name,
        "secret": aws_names.secret(settings, node.name),
        "documents": aws_names.documents_key(node.name),
        "begun": aws_names.begun_key(node.name),
    }
