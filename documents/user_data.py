"""User data of an instance: which node it is, and the program that downloads the rest. No secrets, and no settings.

AWS accepts 16,384 bytes before base64. Every user of the machine, and everyone who may describe instances, can read
them. A change replaces every instance, one after the other, so a test holds the digest of this text.
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
Description=Brings this machine to the state that Quorate planned
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {PROGRAM} converge
# A first run installs everything, and may wait for other nodes to release the cluster's lock.
TimeoutStartSec=1h
Restart=on-failure
RestartSec=20s
"""
# A change reaches every node within minutes; the random part keeps nodes from calling AWS at the same time.
SCHEDULE = """[Unit]
Description=Checks for changes to what Quorate planned for this machine

[Timer]
OnBootSec=10s
OnUnitInactiveSec=3min
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
"""


def user_data(plan: Plan, node: Node, *, contact: str) -> str:
    """A cloud-config. `contact` is the text of the program that starts the agent (`agent/aws/client.py`)."""
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
                # Start immediately; the timer's random delay is for later runs.
                ["systemctl", "start", "--no-block", "quorate.service"],
            ],
        }
    )


def place(plan: Plan, node: Node) -> dict[str, str]:
    """The location of the node's secret and objects."""
    settings = plan.settings
    return {
        "region": aws_names.section(settings).region,
        "bucket": aws_names.files_bucket(settings),
        "node": node.name,
        "secret": aws_names.secret(settings, node.name),
        "documents": aws_names.documents_key(node.name),
        "begun": aws_names.begun_key(node.name),
        "convergence": aws_names.convergence_key(node.name),
    }
