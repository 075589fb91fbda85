"""This program's own stacks, recorded as the engine would be told them in a first preview."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2 as wire_messages

from policies import wire
from policies.resources import Resource
from workbench.mocks import recorder


class Keeping(recorder.Recorder):
    """Keeps each request as a resource that a pack would see."""

    kept: tuple[Resource, ...] = ()

    def RegisterResource(  # noqa: N802 # gRPC's name
        self, request: wire_messages.RegisterResourceRequest
    ) -> wire_messages.RegisterResourceResponse:
        response = super().RegisterResource(request)
        resource = Resource(
            type=request.type,
            name=request.name,
            urn=response.urn,
            properties=wire.properties(request.object, response.urn),
            parent=request.parent,
            protect=request.protect,
            depends=frozenset(request.dependencies),
            property_depends={name: frozenset(on.urns) for name, on in request.propertyDependencies.items()},
            provider=next((r.properties for r in Keeping.kept if r.urn == request.provider.rpartition("::")[0]), None),
        )
        with self._lock:
            Keeping.kept = (*Keeping.kept, resource)
        return response


def recorded(
    patch: pytest.MonkeyPatch,
    answers: mocks.Mocks,
    config: Mapping[str, object],
    *,
    stack: str,
    hidden: Sequence[str] = (),
    program: Callable[[], None] | None = None,
    project: str = "quorate",
) -> tuple[Resource, ...]:
    """Every resource of the program with this configuration, in a preview. `program`: another project's."""
    patch.setattr(recorder, "Recorder", Keeping)
    Keeping.kept = ()
    recorder.run_program(
        answers, config=config, preview=True, stack=stack, hidden=hidden, program=program, project=project
    )
    return Keeping.kept
