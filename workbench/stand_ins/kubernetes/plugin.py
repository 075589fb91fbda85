"""The `kubernetes` provider: check, diff, create, update, read and delete of typed objects."""

import os
import sys
import threading

from pulumi.runtime.proto import provider_pb2_grpc

from provider.protocol.log import EngineLog
from provider.protocol.serving import serve
from provider.protocol.values import UNKNOWN, Properties
from workbench.stand_ins.kubernetes import checks, ownership, settings
from workbench.stand_ins.kubernetes.access import access
from workbench.stand_ins.kubernetes.api import Api, Unreachable
from workbench.stand_ins.kubernetes.applying import Applier
from workbench.stand_ins.kubernetes.kinds import IDENTITY, KINDS
from workbench.stand_ins.kubernetes.objects import differing, identity, inside
from workbench.stand_ins.resource import Change, Found, Provider, Refused, Resource
from workbench.stand_ins.service import Service

VERSION = "4.34.2"  # of the SDK that is followed, see requirements.in
WORKERS = 64  # each operation under way keeps one, and some wait for pods
SWITCH = settings.VARIABLES["deleteUnreachable"]


class Kubernetes(Provider):
    """Applies on the server's side, so that a preview is judged by the API itself and fields have owners."""

    name = "kubernetes"
    version = VERSION
    types = frozenset(kind.token for kind in KINDS.values())

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._settings: settings.Settings | None = None
        self._applier: Applier | None = None

    def cancel(self) -> None:
        """Every call and every wait ends."""
        self._cancelled.set()

    def configure(self, settings_: Properties) -> None:
        """Read the kubeconfig; nothing is asked of the server yet, which may not exist."""
        self._settings = settings.settings(settings_, os.environ)
        known = self._settings.kubeconfig != UNKNOWN
        api = Api(access(self._settings.kubeconfig), self._cancelled) if known else None
        self._applier = Applier(api, force=self._settings.patch_force)

    def diff_settings(self, old: Properties, new: Properties) -> Change:
        """A renewed credential is an update of the provider and of nothing else."""
        return settings.change(old, new)

    def check(self, resource: Resource) -> list[str]:
        """Every problem of form; what the fields mean is the API's to judge, in a dry run."""
        return checks.problems(KINDS[resource.kind], resource.inputs)

    def diff(self, resource: Resource) -> Change:
        """Changed inputs; what the API never changes in place needs a new object, and the old one is in its way."""
        paths = differing(resource.old_inputs or resource.state, resource.inputs)
        fixed = (*IDENTITY, *KINDS[resource.kind].fixed)
        if resource.kind not in self._configured.mutable:
            # As the official provider: content under a new name rolls the pods that use it.
            fixed = (*fixed, *settings.CONTENT.get(resource.kind, ()))
        replacing = tuple(path for path in paths if any(inside(path, field) for field in fixed))
        return Change(properties=tuple(paths), replacing=replacing, delete_first=True)

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Apply and wait until it is ready. What exists already is taken only with `upsertExistingObjects`."""
        applier = self._applier_of(resource)
        if resource.preview:
            return "", applier.planned(resource, exists=None)
        if not self._configured.upsert and applier.live(resource) is not None:
            raise Refused(
                f"{resource.kind} {identity(resource.inputs)} exists already; delete it, or let the provider take it:"
                f" upsertExistingObjects, or {settings.VARIABLES['upsertExistingObjects']}=true in the environment"
            )
        return identity(resource.inputs), applier.applied(resource)

    def update(self, resource: Resource) -> Properties:
        """Apply and wait until it is ready."""
        applier = self._applier_of(resource)
        return applier.planned(resource, exists=True) if resource.preview else applier.applied(resource)

    def read(self, resource: Resource) -> Found | None:
        """What was applied and is ours no longer is drift, told with its field and who has it now.

        All else stays as the state has it: a status that changes by the minute is no drift.
        """
        if not resource.state:
            raise Refused(f"a {resource.kind} cannot be imported by the stand-in; the official plugin can")
        live = self._applier_of(resource).live(resource)
        if live is None:
            return None
        inputs, drifts = ownership.seen(resource.inputs, live, checks.manager(resource))
        for drift in drifts:
            resource.progress.warning(f"{resource.kind} {resource.id}: {drift.path} was changed by {drift.by}")
        return Found(inputs=inputs, state={**resource.state, **inputs} if drifts else resource.state)

    def delete(self, resource: Resource) -> None:
        """Delete and wait until it is gone. With `deleteUnreachable`, a cluster that is gone took it along."""
        try:
            self._applier_of(resource).deleted(resource)
        except Unreachable as reason:
            if not self._configured.delete_unreachable:
                raise Refused(
                    f"{resource.kind} {resource.id} was not deleted: {reason}. If the cluster is gone for good, run it"
                    f" again with {SWITCH}=true in the environment: its objects are then forgotten, not deleted"
                ) from None
            resource.progress.warning(f"{resource.kind} {resource.id} was forgotten, not deleted: {reason}")

    @property
    def _configured(self) -> settings.Settings:
        if self._settings is None:
            raise Refused("the kubernetes provider was asked before it was configured")
        return self._settings

    def _applier_of(self, resource: Resource) -> Applier:
        if self._applier is None:
            raise Refused(f"{resource.kind} {resource.id}: the kubernetes provider was asked before it was configured")
        return self._applier


def main() -> None:
    """Serve the engine; its address is the last argument."""
    address = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    provider = Kubernetes()
    service = Service(provider, log=EngineLog(address))
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server),
        workers=WORKERS,
        stop=provider.cancel,
    )
