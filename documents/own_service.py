"""The unit of a service that runs the agent itself; nodes keep a copy of it (agent/system/own_archive.py)."""

from documents.places import AGENT


def unit(*, description: str, after: str, condition: str = "", command: str, rights: str) -> str:
    """`after` and `condition` are whole lines of [Unit]; `rights` is a comment on its restrictions."""
    return f"""[Unit]
Description={description}
{after}
StartLimitIntervalSec=0
{condition}
[Service]
ExecStart=/usr/bin/python3 {AGENT} {command}
Restart=always
RestartSec=5
# Root without any of root's rights: {rights}.
CapabilityBoundingSet=
NoNewPrivileges=yes
MemoryMax=128M

[Install]
WantedBy=multi-user.target
"""
