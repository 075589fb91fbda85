"""Removes instances that no longer exist from the state, so that the next update creates them again."""

import subprocess
from collections.abc import Sequence

from operations.aws.session import NoSession, explained
from operations.environment import PROJECT, Environment, Host, OperationFailed

GONE = ("shutting-down", "terminated")


def forget(of: Environment, options: Sequence[str]) -> tuple[str, ...]:
    """Remove lost instances from the state; returns the nodes' names. Raises `OperationFailed`.

    A full refresh would find them too, but it reads a hundred resources before each update.
    """
    gone = lost(of)
    if not gone:
        return ()
    targets = [word for host in gone for word in ("--target", host.urns[0])]
    command = ["pulumi", "refresh", "--stack", of.stack, *options, "--yes", "--skip-preview", *targets]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OperationFailed(f"the state still has lost instances, and a refresh failed: {done.stderr or done.stdout}")
    return tuple(host.name for host in gone)


def lost(of: Environment) -> tuple[Host, ...]:
    """The nodes whose instances no longer exist. Raises `OperationFailed`."""
    hosts = [host for host in of.hosts if host.instance is not None]
    if not hosts or hosts[0].instance is None:
        return ()
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Account

    try:
        client = hosts[0].instance.account.client("ec2")
        ids = [host.instance.id for host in hosts if host.instance is not None]
        # A filter rather than a list of ids: one unknown id would fail the whole call.
        found = client.describe_instances(Filters=[{"Name": "instance-id", "Values": ids}])["Reservations"]
    except (BotoCoreError, ClientError, NoSession) as error:
        raise OperationFailed(f"the instances of {of.cluster} cannot be looked up: {explained(error)}") from None
    states = {one["InstanceId"]: one["State"]["Name"] for reservation in found for one in reservation["Instances"]}
    return tuple(
        host for host in hosts if host.instance is not None and states.get(host.instance.id, "terminated") in GONE
    )
