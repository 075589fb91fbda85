"""Corrections of inputs that change no topology: the instance metadata service, and a tag that names the manager.

A remedy only touches machines that its own documents put in scope, and this project's resources. It changes the
engine's message in place and returns what it changed, which the engine shows. It never takes values out of the message,
so secrets stay wrapped.
"""

from collections.abc import Callable, Mapping

from google.protobuf import struct_pb2

from policies.parsers.etcd_clients import speaks_of_kubernetes
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack
from policies.views.evidence import ETCD, OTHER
from policies.views.hosts import CONFIGURATION, INSTANCE, SPOT, TEMPLATE, Host
from policies.views.machines import hosts
from policies.wire import SIGNATURE

Remedy = Callable[[Resource, struct_pb2.Struct], tuple[str, ...]]
INSTANCES = (INSTANCE, SPOT, TEMPLATE, CONFIGURATION)
MANAGED_BY = "managed-by"


def of_this_project(urn: str) -> bool:
    """Whether a component of Quorate is above the resource: its URN lists the types of all parents."""
    parts = urn.split("::")
    return any(kind.startswith("quorate:") for kind in parts[2].split("$")[:-1]) if len(parts) > 2 else False  # noqa: PLR2004 -- urn:pulumi:stack::project::types::name


def in_scope(resource: Resource) -> bool:
    """Whether the resource by itself proves that it is one of a control plane: etcd alone may be another program's."""
    if of_this_project(resource.urn):
        return True
    try:
        return any(_proven(host) for host in hosts(Stack((resource,))))
    except Undecidable:
        return False


def _proven(host: Host) -> bool:
    return host.role != OTHER and (host.role != ETCD or speaks_of_kubernetes(host.readable))


def require_metadata_tokens(resource: Resource, properties: struct_pb2.Struct) -> tuple[str, ...]:
    """Set IMDSv2 with one hop, unless the program sets the same or something stricter."""
    if resource.type not in INSTANCES or not in_scope(resource):
        return ()
    present = "metadataOptions" in properties.fields
    options = _mapping(properties, "metadataOptions", create=True)
    if options is None or ("httpEndpoint" in options.fields and options["httpEndpoint"] == "disabled"):
        return ()  # unknown, secret, or stricter still
    wanted: dict[str, str | int] = {"httpTokens": "required", "httpPutResponseHopLimit": 1}
    before = {name: _shown(options, name) for name in wanted}
    differing = {name: value for name, value in wanted.items() if name not in options.fields or options[name] != value}
    options.update(differing)
    if not differing and not present:
        del properties.fields["metadataOptions"]
    return tuple(f"metadataOptions.{name}: {before[name]} -> {value}" for name, value in differing.items())


def tag_the_manager(resource: Resource, properties: struct_pb2.Struct) -> tuple[str, ...]:
    """Add a `managed-by` tag to tags without one."""
    tags = _mapping(properties, "tags", create=False) if resource.type.startswith("aws:") else None
    if tags is None or MANAGED_BY in tags.fields or not in_scope(resource):
        return ()
    tags[MANAGED_BY] = "pulumi"
    return (f"tags.{MANAGED_BY}: (none) -> pulumi",)


def _shown(options: struct_pb2.Struct, name: str) -> str:
    kind = options.fields[name].WhichOneof("kind") if name in options.fields else None
    if kind == "number_value":
        return f"{options.fields[name].number_value:g}"
    return options.fields[name].string_value if kind == "string_value" else "(none)"


def _mapping(properties: struct_pb2.Struct, name: str, *, create: bool) -> struct_pb2.Struct | None:
    """The plain mapping under a name; None for an unknown or a secret, which no remedy rewrites."""
    kind = properties.fields[name].WhichOneof("kind") if name in properties.fields else "null_value"
    if kind == "null_value" and create:
        return properties.get_or_create_struct(name)
    if kind != "struct_value" or SIGNATURE in properties.fields[name].struct_value.fields:
        return None
    return properties.fields[name].struct_value


REMEDIES: Mapping[str, Remedy] = {"P36": require_metadata_tokens, "P101": tag_the_manager}
