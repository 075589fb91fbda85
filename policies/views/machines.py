"""Which resources are machines, and which files reach them."""

import re
from collections.abc import Iterable

from policies.parsers import user_data
from policies.properties import Properties, Value
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.bundles import Bundle, bundles
from policies.views.hosts import INSTANCE, NODE, TEMPLATE, File, Host

SUBNET = "aws:ec2/subnet:Subnet"
FIRST_BOOT = ("userDataBase64", "userData")
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
_PLANE = re.compile(r"control-?plane|master|(?<![a-z])cp-?\d*(?![a-z])")
_ETCD = re.compile(r"(?<![a-z])etcd(?![a-z])")
_RUNS_PLANE = re.compile(r"kubeadm (init|join)|kubeadm\.k8s\.io|kube-apiserver")


@view
def hosts(stack: Stack) -> tuple[Host, ...]:
    """Every machine of the stack."""
    nodes = [_node(resource) for resource in stack.of(NODE)]
    return (*nodes, *(_instance(stack, resource) for resource in stack.of(INSTANCE, TEMPLATE)))


def _node(resource: Resource) -> Host:
    properties = resource.properties
    files = {
        path: File(path=path, content=_content(entry), secret=group == "secrets" or entry.is_secret("content"))
        for group in ("files", "secrets")
        if properties.known(group)
        for path, entry in properties.entries(group)
    }
    manifest = properties.text("manifest")
    told = re.search(r'"role":\s*"(balancer|worker)"', manifest)
    return Host(
        resource=resource,
        name=properties.text("name") or resource.name,
        role=told[1] if told else "control-plane",
        files=files,
        manifest=manifest,
        sealed=not properties.known("secrets"),
    )


def _content(entry: Properties) -> str | None:
    return entry.text("content") if entry.known("content") else None


def _instance(stack: Stack, resource: Resource) -> Host:
    properties = resource.properties
    known = [name for name in FIRST_BOOT if properties.known(name) and properties.has(name)]
    unknown = [name for name in FIRST_BOOT if not known and not properties.known(name) and not resource.computed(name)]
    text = user_data.decoded(properties.text(known[0])) if known else ""
    name = _tag(resource, "Name") or resource.name
    carried = [b for b in bundles(stack) if b.node in (resource.name, name, _tag(resource, "quorate:node"))]
    interfaces = tuple(
        source
        for place in ("primaryNetworkInterface", "networkInterfaces")
        for source in stack.sources(resource, place, INTERFACE)
    )
    return Host(
        resource=resource,
        name=carried[0].node if carried else name,
        role=_role(resource, name, text),
        # An unknown first-boot text is one document that nobody can read yet.
        files={**{n: File(path=n, content=None, secret=False) for n in unknown}, **_files(text, carried)},
        manifest=next((bundle.manifest for bundle in carried if bundle.manifest), ""),
        commands=text,
        interfaces=interfaces,
        subnets=tuple(s for r in (resource, *interfaces) for s in stack.sources(r, "subnetId", SUBNET)),
        sealed=any(bundle.files is None for bundle in carried),
    )


def _files(text: str, carried: Iterable[Bundle]) -> dict[str, File]:
    found = {path: File(path=path, content=body, secret=False) for path, body in user_data.files(text).items()}
    for bundle in carried:
        for path, body in bundle.files or ():
            found[path] = File(path=path, content=body, secret=bundle.secret)
    return found


def _tag(resource: Resource, name: str) -> str:
    tags: Value = resource.properties.raw("tags")
    value = tags.get(name) if isinstance(tags, dict) else None
    return value if isinstance(value, str) else ""


def _role(resource: Resource, name: str, text: str) -> str:
    tags = resource.properties.raw("tags")
    said = [v for v in tags.values() if isinstance(v, str)] if isinstance(tags, dict) else []
    spoken = " ".join([name, resource.name, *said]).lower()
    if _PLANE.search(spoken) or _RUNS_PLANE.search(text):
        return "control-plane"
    if _ETCD.search(spoken):
        return "etcd"
    return "balancer" if "haproxy" in spoken or "balancer" in spoken else "other"
