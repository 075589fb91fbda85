"""Snapshots in the bucket of an environment on AWS: nodes can only add to it, so this computer reads it."""

import shutil
from pathlib import Path
from typing import IO

from agent.model.json_reading import Json, Malformed
from agent.snapshots import description
from agent.snapshots.description import Description
from operations import snapshots
from operations.agent import Answer
from operations.aws.session import Account, NoSession, explained
from operations.environment import Environment, OperationFailed
from operations.snapshots import Snapshot

SCHEME = "s3://"
PREFIX = "snapshots/"
LISTED = 30  # only the newest ones, because each description is a separate request


def account(of: Environment) -> Account:
    """The identity for requests to AWS about the environment. Raises `OperationFailed` if it is not on AWS."""
    found = next((host.instance.account for host in of.hosts if host.instance is not None), None)
    if found is None:
        raise OperationFailed(f"{of.cluster} is not on AWS: download the snapshot and its .json, and name the file")
    return found


def fetch(of: Environment, name: str, *, to: Path) -> Snapshot:
    """Bring `s3://BUCKET/KEY.db` and its description to a folder of this computer, and check them.

    Raises `OperationFailed`.
    """
    bucket, _, key = name.removeprefix(SCHEME).partition("/")
    if not bucket or not key.endswith(".db"):
        raise OperationFailed(f"{name} is not a snapshot; `backups` lists them as s3://BUCKET/{PREFIX}NODE/TIME.db")
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Account

    def download(file: IO[bytes]) -> Answer:
        s3 = account(of).client("s3")
        about = s3.get_object(Bucket=bucket, Key=f"{key.removesuffix('.db')}.json")["Body"].read().decode()
        shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)["Body"], file)
        return Answer(text="", values=Json({"about": about}, name))

    try:
        return snapshots.receive(to, download)
    except (BotoCoreError, ClientError, NoSession) as error:
        raise OperationFailed(f"{name} cannot be read: {explained(error)}") from None


def listed(of: Environment) -> list[tuple[str, Description]]:
    """The newest snapshots in the bucket, by the name that `restore` takes. Raises `OperationFailed`."""
    if of.backups is None:
        return []
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Account

    try:
        s3 = account(of).client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=of.backups, Prefix=PREFIX)
        keys = [str(one["Key"]) for page in pages for one in page.get("Contents", [])]
        described = sorted((key for key in keys if key.endswith(".json")), key=lambda key: key.rsplit("/")[-1])
        return [
            (f"{SCHEME}{of.backups}/{key.removesuffix('.json')}.db", description.read(text, at=key))
            for key in described[-LISTED:]
            for text in [s3.get_object(Bucket=of.backups, Key=key)["Body"].read()]
        ]
    except (BotoCoreError, ClientError, NoSession, Malformed) as error:
        raise OperationFailed(f"the snapshots in {of.backups} cannot be listed: {explained(error)}") from None
