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
from policies.violation import Violation

KUBERNETES = "kubernetes:"


@rule(
    id="P103",
    title="The control plane is in a form that the pack reads",
    fix="Compare the stack with the table of forms on this page; review by hand what is not in it.",
    evidence="a text that only a control plane has, in a stack in which no control plane is read",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=("Quorate documentation: forms that are read",),
)
def read_forms(stack: Stack) -> Iterator[Violation]:
    """Without this finding, a form that is not read would look like a control plane without problems."""
    if stack.of(PLANE) or any(host.role != "other" for host in hosts(stack)):
        return
    found = [(resource, mark) for resource in stack.resources if (mark := _mark(resource))]
    if found:
        resource, mark = found[0]
        more = f" and {len(found) - 1} more resources mention one" if len(found) > 1 else ""
        what = f"{resource.name} seems to make a control plane ({mark.strip()}), which is not read{more}"
        yield Violation(what=what, urn=resource.urn)


def _mark(resource: Resource) -> str:
    """The first mark in a text of the resource. Kubernetes objects run in a cluster that another program creates."""
    waiting: list[Value] = [] if resource.type.startswith(KUBERNETES) else [dict(resource.properties.values)]
    seen = 0
    while waiting and seen < NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, str):
            if mark := next((mark for mark in MARKS if mark in value[:DOCUMENT]), ""):
                return mark
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return ""
