"""pulumi-command's two resources, by their type tokens and official property names."""

from collections.abc import Sequence

import pulumi


class Remote(pulumi.CustomResource):
    """Runs a script on a host over SSH (`command:remote:Command`)."""

    stdout: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        host: pulumi.Input[str],
        create: pulumi.Input[str],
        stdin: pulumi.Input[str] | None = None,
        triggers: Sequence[pulumi.Input[object]] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        key = pulumi.Config("platform").require_secret("sshKey")
        inputs = {
            "connection": {"host": host, "port": 22, "user": "admin", "privateKey": key},
            "create": create,
            "stdin": stdin,
            "triggers": list(triggers) or None,
            "stdout": None,
            "stderr": None,
        }
        super().__init__("command:remote:Command", name, inputs, opts)


class Local(pulumi.CustomResource):
    """Runs a script where Pulumi runs (`command:local:Command`)."""

    stdout: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        create: pulumi.Input[str],
        environment: dict[str, pulumi.Input[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"create": create, "environment": environment, "stdout": None, "stderr": None}
        super().__init__("command:local:Command", name, inputs, opts)
