"""The plan of a cluster, from the settings that a program passes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from plan import Plan, Refusal, Refused, make
from plan.loading.configuration import load
from provider.protocol.values import UNKNOWN

if TYPE_CHECKING:
    from quorate.inputs import ClusterArgs


def plan(
    settings: "ClusterArgs", *, authority_files: Mapping[str, object] | None = None, directory: Path | None = None
) -> Plan:
    """Decide every name, address, member and certificate of a cluster.

    `settings` are plain values by the names of docs/settings.md. `authority_files`: your own authorities by name, each
    `{"certificate": PEM, "key": PEM}`; pass the same to `ControlPlane(provided=...)` as secrets. Relative paths count
    from `directory`, the current folder if it is None. Raises `Refused` with every problem.
    """
    given = cast("Mapping[str, object]", settings)
    outputs = tuple(unknowns(given))
    if outputs:
        raise Refused(outputs)
    return make(load(given, directory or Path.cwd(), authority_files), shared=True)


def unknowns(value: object, at: str = "") -> Iterator[Refusal]:
    """A refusal for each value that another resource decides."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from unknowns(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from unknowns(inner, f"{at}[{index}]")
    elif value == UNKNOWN if isinstance(value, str) else _is_output(value):
        yield Refusal(
            at=at,
            what="a plain value",
            found="the output of another resource, which a preview may not know",
            why="names, addresses, members and certificates are decided before anything is created",
            fix="choose the value in the program or in the configuration and pass it to both; or create the resource in"
            " another stack and read it with `StackReference.get_output_details`",
        )


def _is_output(value: object) -> bool:
    # Without importing the SDK, which processes that only serve the engine skip.
    return any(kind.__name__ == "Output" and kind.__module__ == "pulumi.output" for kind in type(value).__mro__)
