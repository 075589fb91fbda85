"""The note that this node's member has begun, in the environment's bucket: it outlives the instance and the volume.

An empty data directory is a first start only while there is no such note; afterwards it is a lost disk, and the other
members must take the node in again. The node writes it itself, before etcd is started for the first time, and cannot
remove it.
"""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from agent.aws.client import Aws, Question, Refused
from agent.model.failure import Failed

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def has_begun(aws: Aws) -> bool:
    """Asked by a list: a read of an object that is missing is answered like one that is refused. Raises Failed."""
    key = aws.place["begun"]
    query = {"list-type": "2", "prefix": key, "max-keys": "10"}
    try:
        answer = aws.ask(Question(service="s3", bucket=aws.place["bucket"], query=query))
        found = ET.fromstring(answer)  # noqa: S314 - S3's own answer, over TLS
    except (Refused, OSError, ET.ParseError) as error:
        raise Failed(f"whether this node's member has ever begun cannot be told, so none begins: {error}") from error
    return key in [element.text for element in found.iter(f"{NAMESPACE}Key")]


def note(aws: Aws) -> None:
    """Write it. Raises Failed: a member whose beginning nobody remembers must not begin."""
    body = json.dumps({"node": aws.place["node"], "at": datetime.now(UTC).isoformat(timespec="seconds")}).encode()
    question = Question(
        service="s3", method="PUT", path=f"/{aws.place['begun']}", bucket=aws.place["bucket"], body=body
    )
    try:
        aws.ask(question)
    except (Refused, OSError) as error:
        raise Failed(f"the beginning of this node's member cannot be noted, so it does not begin: {error}") from error
