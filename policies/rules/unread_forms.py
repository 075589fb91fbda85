"""Control planes in a form that the pack does not read."""

from collections.abc import Iterator

from policies.forms import MARKS
from policies.parsers.limits import DOCUMENT, NODES
from policies.properties import Value
from policies.resources import Resource
from policies.rule import Level, Severity, rule
from policies.stack import Stack
from policies.views.control_planes import TYPE as PLANE
from policies.views.machines import hosts
from policies.views.workloads import KINDS
from policies.violation import Violation

KUBERNETES = "kubernetes:"
# Searched in containers: command lines, and names of variables such as ETCD_INITIAL_CLUSTER.
_STARTS, _VARIABLES = ("command", "args"), "env"


@rule(
    id="P103",
    title="The pack can read how the control plane is built",
    fix="Compare the stack with the table of forms on this page; review by hand what is not in it.",
    evidence="a text that only occurs in a control plane, in a stack in which the pack finds none",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=("Quorate documentation: forms that are read",),
)
def read_forms(stack: Stack) -> Iterator[Violation]:
    """Without this finding, a form that is not read would look like a control plane without problems."""
    if stack.of(PLANE) or any(host.role != "other" for host in hosts(stack)):
        return
    known = {part.urn for host in hosts(stack) if host.spared for part in host.parts}
    found = [(r, mark) for r in stack.resources if r.urn not in known and (mark := _mark(r))]
    if found:
        resource, mark = found[0]
        more = f" and {len(found) - 1} more resources mention one" if len(found) > 1 else ""
        what = f"{resource.name} seems to create a control plane ({mark.strip()}) that the pack cannot read{more}"
        yield Violation(what=what, urn=resource.urn)


def _mark(resource: Resource) -> str:
    """The first sign in a text of the resource; for a Kubernetes object, in the commands of its containers."""
    if resource.type.startswith(KUBERNETES):
        pods = resource.type.rpartition(":")[2] in KINDS
        texts = (_start(container) for container in _containers(resource)) if pods else iter(())
    else:
        texts = (value for value in _values(resource) if isinstance(value, str))
    return next((mark for text in texts for mark in MARKS if mark in text[:DOCUMENT]), "")


def _values(resource: Resource) -> Iterator[Value]:
    """Every value of the resource at any depth, up to a limit."""
    waiting: list[Value] = [dict(resource.properties.values)]
    seen = 0
    while waiting and seen < NODES:
        value = waiting.pop()
        seen += 1
        yield value
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()


def _containers(resource: Resource) -> Iterator[dict[str, Value]]:
    for value in _values(resource):
        for name in ("initContainers", "containers"):
            listed = value.get(name) if isinstance(value, dict) else None
            yield from (found for found in listed if isinstance(found, dict)) if isinstance(listed, list) else ()


def _start(container: dict[str, Value]) -> str:
    """The container's command line and the names of its variables as one text."""
    listed = [container.get(name) for name in (*_STARTS, _VARIABLES)]
    words = [word for words in listed if isinstance(words, list) for word in words]
    names = [word.get("name") if isinstance(word, dict) else word for word in words]
    return " ".join(name for name in names if isinstance(name, str))
