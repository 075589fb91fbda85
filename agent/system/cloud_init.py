"""cloud-init, which may write /etc/hosts again at every boot."""

import re

from agent.system.host import Host

CONFIGURATION = "/etc/cloud/cloud.cfg"
FOLDER = "/etc/cloud/cloud.cfg.d"
OWN = f"{FOLDER}/99-zz-quorate.cfg"  # the last file wins
OWN_TEXT = (
    "# Written by the quorate agent: the names of the cluster's nodes are in /etc/hosts.\nmanage_etc_hosts: false\n"
)
_SETTING = re.compile(r"^manage_etc_hosts:\s*['\"]?(\w+)", re.MULTILINE)


def rewrites_hosts(host: Host) -> str | None:
    """The file that makes cloud-init write /etc/hosts at the next boot; None if it would not."""
    files = [CONFIGURATION, *(f"{FOLDER}/{file.name}" for file in sorted(host.path(FOLDER).glob("*.cfg")))]
    found = [(name, _SETTING.findall(host.path(name).read_text())) for name in files if host.path(name).is_file()]
    last = next(((name, values[-1]) for name, values in reversed(found) if values), None)
    return last[0] if last and last[1].lower() not in {"false", "no", "off"} else None
