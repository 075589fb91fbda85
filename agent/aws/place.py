"""Where this instance's secret and objects are on AWS: written by its user data."""

import json

from agent.aws.client import Aws
from agent.system.host import Host

PLACE = "/etc/quorate/place.json"


def place(host: Host) -> Aws:
    """The client for this instance's region, secret and buckets. Raises OSError without the file."""
    return Aws(json.loads(host.path(PLACE).read_text()))
