"""The artifact store in the emulated account: a bucket with the programs that this clone built."""

import json
from collections.abc import Mapping
from pathlib import Path

from workbench.cloud.client_environment import KEY, SECRET

BUCKET, REGION = "quorate-artifacts", "eu-west-1"
MANIFEST = "manifest.json"
SETTINGS = "quorate:artifacts"


def settings(manifest: Path) -> str:
    """The lines for a stack file. `manifest`: its path as the program finds it."""
    return f"  {SETTINGS}:\n    source: store\n    store: s3://{BUCKET}/store\n    manifest: {manifest}\n"


def fill(endpoint: str, store: Path) -> int:
    """Update the bucket from the folder; returns the number of written files."""
    import boto3  # noqa: PLC0415 -- half a second that only a cloud that boots needs
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    session = boto3.Session(KEY, SECRET, region_name=REGION)
    s3 = session.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
    text = (store / MANIFEST).read_bytes()
    try:
        known = _digests(s3.get_object(Bucket=BUCKET, Key=f"store/{MANIFEST}")["Body"].read())
    except ClientError:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        known = {}
    changed = [path for path, digest in _digests(text).items() if known.get(path) != digest]
    for path in changed:
        with (store / path).open("rb") as file:
            s3.put_object(Bucket=BUCKET, Key=f"store/{path}", Body=file)
    s3.put_object(Bucket=BUCKET, Key=f"store/{MANIFEST}", Body=text)
    return len(changed)


def _digests(manifest: bytes) -> Mapping[str, str]:
    return {file["path"]: file["sha256"] for file in json.loads(manifest)["files"]}
