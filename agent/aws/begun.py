"""The marker that this node's member was bootstrapped, in the environment's bucket: it survives instance and volume.

An empty data directory means a first start only while there is no marker; after that it means a lost disk, and the
other members must add the node again. The node writes the marker itself, before etcd starts for the first time, and
cannot remove it.
"""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from agent.aws.client import Aws, AwsError, Call
from agent.model.failure import Failed

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def has_begun(aws: Aws) -> bool:
    """Lists the key, because S3 responds to a read of a missing object with "access denied". Raises Failed."""
    key = aws.place["begun"]
    query = {"list-type": "2", "prefix": key, "max-keys": "10"}
    try:
        listing = aws.send(Call(service="s3", bucket=aws.place["bucket"], query=query))
        found = ET.fromstring(listing)  # noqa: S314 - from S3, over TLS
    except (AwsError, OSError, ET.ParseError) as error:
        raise Failed(
            f"cannot determine whether this node's member was ever bootstrapped; refusing to start etcd: {error}"
        ) from error
    return key in [element.text for element in found.iter(f"{NAMESPACE}Key")]


def note(aws: Aws) -> None:
    """Write the marker. Raises Failed: a member without a marker must not be bootstrapped."""
    body = json.dumps({"node": aws.place["node"], "at": datetime.now(UTC).isoformat(timespec="seconds")}).encode()
    marker = Call(service="s3", method="PUT", path=f"/{aws.place['begun']}", bucket=aws.place["bucket"], body=body)
    try:
        aws.send(marker)
    except (AwsError, OSError) as error:
        raise Failed(f"the bootstrap marker cannot be written; refusing to start etcd: {error}") from error
