"""One resource of a stack, as rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.properties import Properties
from policies.violation import Violation


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """`depends` and `property_depends` hold URNs. `with_outputs`: the provider has added its own properties."""

    type: str
    name: str
    urn: str
    properties: Properties
    parent: str = ""
    protect: bool = False
    depends: frozenset[str] = field(default_factory=frozenset)
    property_depends: Mapping[str, frozenset[str]] = field(default_factory=dict)
    provider: Properties | None = None
    with_outputs: bool = False

    @property
    def stack(self) -> str:
        """Name of the stack, from `urn:pulumi:<stack>::<project>::<types>::<name>`."""
        return self.urn.split("::")[0].rsplit(":", 1)[-1]

    def sources(self, name: str) -> frozenset[str]:
        """URNs of the resources whose outputs the property uses."""
        return self.property_depends.get(name, frozenset())

    def computed(self, name: str) -> bool:
        """Whether a property is unknown because the program does not set it: the provider fills it in.

        An unknown value that the program does set comes from another resource's output.
        """
        return self.with_outputs and not self.properties.known(name) and not self.sources(name)

    def violation(self, what: str) -> Violation:
        """A violation at this resource."""
        return Violation(what=what, urn=self.urn)
