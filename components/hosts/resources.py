"""Program-side classes of the project's provider resources."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class ConnectionArgs(TypedDict):
    """How a host is reached.

    `privateKeyPath`: absolute, or relative to the project's folder; `hostKey`: kind and key, `ssh-ed25519 AAAA...`.
    """

    address: pulumi.Input[str]
    port: pulumi.Input[int]
    user: pulumi.Input[str]
    privateKeyPath: pulumi.Input[str]
    hostKey: NotRequired[pulumi.Input[str] | None]


class NodeReach(ConnectionArgs):
    """A host with its name."""

    name: pulumi.Input[str]


class PlacedFileArgs(TypedDict):
    """A file on a node. `mode` as for chmod; `step`: the agent's step that owns it."""

    content: pulumi.Input[str]
    mode: pulumi.Input[int]
    step: pulumi.Input[str]


class EndpointArgs(TypedDict):
    """The API's one address. `address`: None if only the name is stable."""

    name: pulumi.Input[str]
    port: pulumi.Input[int]
    address: NotRequired[pulumi.Input[str] | None]


class Node(pulumi.CustomResource):
    """A machine with its wanted state. `files` and `secrets` by absolute path; `manifest` is the agent's node.json.

    `admission`: for a worker, the control-plane nodes that may admit it. `generation`: changes when the machine gets a
    new disk. Outputs: `host_key` (given, or learnt at the first contact), `member` (it has started as an etcd member),
    `drift` (findings of the last refresh), `agent` (the sources' digest).
    """

    member: pulumi.Output[bool]
    drift: pulumi.Output[Sequence[str]]
    agent: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        connection: pulumi.Input[ConnectionArgs],
        manifest: pulumi.Input[str],
        files: Mapping[str, PlacedFileArgs],
        secrets: Mapping[str, PlacedFileArgs],
        generation: pulumi.Input[str] = "",
        admission: Sequence[pulumi.Input[NodeReach]] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "name": name,
            **({"admission": admission} if admission else {}),
            "connection": connection,
            "manifest": manifest,
            "files": files,
            # Only each content is a secret, so a preview knows paths and modes while a key is still unknown.
            "secrets": {
                path: {**file, "content": pulumi.Output.secret(file["content"])} for path, file in secrets.items()
            },
            "generation": generation,
            "hostKey": None,
            "member": None,
            "drift": None,
            "agent": None,
        }
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["secrets"])
        super().__init__("quorate:hosts:Node", resource_name, properties, pulumi.ResourceOptions.merge(opts, hidden))

    @property
    def host_key(self) -> pulumi.Output[str]:
        """`ssh-ed25519 AAAA...`; given, or learnt at the first contact."""
        return _output(self, "hostKey")


class Cluster(pulumi.CustomResource):
    """Exists once the endpoint and every API server are ready; make it depend on all nodes.

    `authority`: PEM that signs the API servers' certificates; `disposable`: the machines and their disks are destroyed
    after the cluster, so hosts that are off do not block a destroy.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        nodes: Sequence[pulumi.Input[NodeReach]],
        endpoint: pulumi.Input[EndpointArgs],
        authority: pulumi.Input[str],
        disposable: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {"nodes": nodes, "endpoint": endpoint, "authority": authority, "disposable": disposable}
        super().__init__("quorate:hosts:Cluster", resource_name, {**properties, "unready": None}, opts)


class Bridge(pulumi.CustomResource):
    """A bridge on this computer. `cidr`: this computer's address on it, the machines' gateway (10.88.0.1/24)."""

    def __init__(
        self,
        resource_name: str,
        *,
        fleet: pulumi.Input[str],
        name: pulumi.Input[str],
        cidr: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {"fleet": fleet, "name": name, "cidr": cidr, "present": None}
        super().__init__("quorate:local:Bridge", resource_name, properties, opts)


class Machine(pulumi.CustomResource):
    """A systemd machine on this computer, destroyed with its disk.

    `address` includes the prefix length (10.88.0.11/24), `gateway` does not; `authorized_key` is one line in OpenSSH's
    format; `store`: the folder of the artifact store; `members`: addresses of all etcd members by name, so that no
    update moves several of them. Outputs: `generation` (new with every disk), `host_key`.
    """

    generation: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        fleet: pulumi.Input[str],
        name: pulumi.Input[str],
        bridge: pulumi.Input[str],
        address: pulumi.Input[str],
        gateway: pulumi.Input[str],
        authorized_key: pulumi.Input[str],
        store: pulumi.Input[str] | None = None,
        memory_megabytes: pulumi.Input[int] | None = None,
        members: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "fleet": fleet,
            "name": name,
            "bridge": bridge,
            "address": address,
            "gateway": gateway,
            "authorizedKey": authorized_key,
            "store": store,
            "memoryMegabytes": memory_megabytes,
            "members": members,
            "generation": None,
            "hostKey": None,
            "running": None,
        }
        super().__init__("quorate:local:Machine", resource_name, properties, opts)

    @property
    def host_key(self) -> pulumi.Output[str]:
        """`ssh-ed25519 AAAA...`; the same for every disk of this machine."""
        return _output(self, "hostKey")


def _output(resource: pulumi.CustomResource, name: str) -> pulumi.Output[str]:
    # The SDK stores outputs under the provider's names.
    found: pulumi.Output[str] = resource.__dict__[name]
    return found
