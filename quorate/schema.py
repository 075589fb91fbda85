"""The package schema, from which Pulumi generates classes for programs in other languages."""

from collections.abc import Mapping

from plan.settings import Settings

PACKAGE = "quorate"
Schema = dict[str, object]
TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
AUTHORITY_FILES: Schema = {
    "type": "object",
    "additionalProperties": TEXTS,
    "secret": True,
    "description": "Your own authorities by name, each with `certificate` and `key` as PEM, known in a preview.",
}
NEEDED = ("vpcId", "privateSubnets", "securityGroup")
AWS_PROVIDER: Schema = {
    **TEXTS,
    "description": "Settings of the AWS provider by its own names, such as `profile`; nested ones as JSON text.",
}
# Each component: its purpose, what it takes beside the cluster's settings, and its outputs.
COMPONENTS: Mapping[str, tuple[str, Schema, Schema]] = {
    "quorate:index:ControlPlane": (
        "The whole control plane of one cluster: machines, endpoint, certificates, etcd members, add-ons.",
        {"authorityFiles": AUTHORITY_FILES, "awsProvider": AWS_PROVIDER},
        {
            "endpointName": {"type": "string", "description": "DNS name of the API."},
            "endpointPort": {"type": "integer", "description": "Port of the API."},
            "authority": {"type": "string", "description": "PEM that signs the API servers' certificates."},
        },
    ),
    "quorate:pki:CertificateTree": (
        "Authorities, service-account key and every leaf certificate of one cluster. It outputs no key.",
        {"authorityFiles": AUTHORITY_FILES},
        {"trust": {**TEXTS, "description": "By authority, the PEM that verifies its certificates."}},
    ),
    "quorate:etcd:EtcdCluster": (
        "The member list of one cluster, for previews and policies.",
        {},
        {"members": {"type": "array", "items": {"type": "string"}, "description": "Names of the members."}},
    ),
    "quorate:hosts:VirtualIp": (
        "The virtual IP in front of the API servers on your own hosts.",
        {},
        {"address": {"type": "string", "description": "The address that moves between the hosts."}},
    ),
    "quorate:aws:ApiLoadBalancer": (
        "The network load balancer in front of the API servers on AWS.",
        {
            "vpcId": {"type": "string", "description": "The VPC."},
            "privateSubnets": {**TEXTS, "description": "Subnet ids by zone."},
            "publicSubnets": {**TEXTS, "description": "Subnet ids by zone, for a public load balancer."},
            "securityGroup": {"type": "string", "description": "The load balancer's security group."},
        },
        {
            "dnsName": {"type": "string", "description": "The load balancer's own DNS name."},
            "targetGroup": {
                "type": "string",
                "description": "ARN of the target group, for the nodes' attachments.",
            },
        },
    ),
}


def package_schema(version: str) -> Schema:
    """The schema as the engine and `pulumi package add` read it (Pulumi's package schema reference)."""
    whole = _mapping(Settings.model_json_schema(by_alias=True))
    definitions = _mapping(whole["$defs"])
    types = {_token(name): _object(_mapping(found)) for name, found in definitions.items()}
    settings = _properties(whole)
    resources: Schema = {}
    for token, (text, added, outputs) in COMPONENTS.items():
        resources[token] = {
            "isComponent": True,
            "description": text,
            "inputProperties": {**settings, **added},
            "requiredInputs": ["cluster", *(name for name in added if name in NEEDED)],
            "properties": outputs,
            "required": list(outputs),
        }
    return {
        "name": PACKAGE,
        "version": version,
        "displayName": "Quorate",
        "description": "Highly available Kubernetes control planes",
        "keywords": ["kubernetes", "etcd", "kind/component"],
        "language": {"nodejs": {"respectSchemaVersion": True}, "python": {"respectSchemaVersion": True}},
        "types": types,
        "resources": resources,
    }


def title(definition: str) -> str:
    """The name of a section's type. Two sections of different modules with one class name get their module's name."""
    module, _, name = definition.rpartition("__")
    room = module.rpartition("__")[2].title().replace("_", "")
    return name if not module else room if room.endswith(name) else room + name


def _token(definition: str) -> str:
    return f"{PACKAGE}:settings:{title(definition)}"


def _object(found: Mapping[str, object]) -> Schema:
    return {"type": "object", "description": _text(found), "properties": _properties(found)}


def _properties(found: Mapping[str, object]) -> Schema:
    return {
        name: {**_type(_mapping(field)), "plain": True, "description": _text(_mapping(field))}
        for name, field in _mapping(found["properties"]).items()
    }


def _type(field: Mapping[str, object]) -> Schema:
    if "$ref" in field:
        return {"$ref": f"#/types/{_token(str(field['$ref']).removeprefix('#/$defs/'))}"}
    if isinstance(options := field.get("anyOf"), list):
        kinds = [_type(_mapping(option)) for option in options if option != {"type": "null"}]
        return kinds[0]
    kind = field.get("type")
    if kind == "array":
        return {"type": "array", "items": {**_type(_mapping(field["items"])), "plain": True}}
    if kind == "object":
        return {"type": "object", "additionalProperties": {"$ref": "pulumi.json#/Any"}}
    return {"type": kind or "string"}


def _text(found: Mapping[str, object]) -> str:
    return " ".join(str(found.get("description") or "").split())


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"not a section of a schema: {value!r}")
    return value
