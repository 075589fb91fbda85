"""Corrections of inputs that change no topology: the instance metadata service, and a tag that names the manager.

A remedy changes the engine's message in place and says whether it changed anything. Values are never taken out of the
message, so a secret stays in its envelope.
"""

from collections.abc import Callable, Mapping

from google.protobuf import struct_pb2

from policies.wire import SIGNATURE

Remedy = Callable[[str, struct_pb2.Struct], bool]
INSTANCES = ("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate")
MANAGED_BY = "managed-by"


def require_metadata_tokens(type_: str, properties: struct_pb2.Struct) -> bool:
    """IMDSv2 with one hop, where the program says nothing or something weaker."""
    if type_ not in INSTANCES:
        return False
    options = _mapping(properties, "metadataOptions", create=True)
    if options is None or ("httpEndpoint" in options.fields and options["httpEndpoint"] == "disabled"):
        return False  # unknown, secret, or stricter still
    wanted: dict[str, str | int] = {"httpTokens": "required", "httpPutResponseHopLimit": 1}
    differing = {name: value for name, value in wanted.items() if name not in options.fields or options[name] != value}
    options.update(differing)
    return bool(differing)


def tag_the_manager(type_: str, properties: struct_pb2.Struct) -> bool:
    """A `managed-by` tag where there are tags without one."""
    tags = _mapping(properties, "tags", create=False) if type_.startswith("aws:") else None
    if tags is None or MANAGED_BY in tags.fields:
        return False
    tags[MANAGED_BY] = "pulumi"
    return True


def _mapping(properties: struct_pb2.Struct, name: str, *, create: bool) -> struct_pb2.Struct | None:
    """The plain mapping under a name; None for an unknown or a secret, which nobody here may rewrite."""
    kind = properties.fields[name].WhichOneof("kind") if name in properties.fields else "null_value"
    if kind == "null_value" and create:
        return properties.get_or_create_struct(name)
    if kind != "struct_value" or SIGNATURE in properties.fields[name].struct_value.fields:
        return None
    return properties.fields[name].struct_value


REMEDIES: Mapping[str, Remedy] = {"P36": require_metadata_tokens, "P101": tag_the_manager}
