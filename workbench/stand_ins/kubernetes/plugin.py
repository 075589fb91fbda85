"""The `kubernetes` provider: check, diff, create, update, read and delete of typed objects."""

import os
import sys
import threading

from provider.protocol.log import Progress
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.plugin import run
from provider.protocol.values import UNKNOWN, Properties, secret
from workbench.stand_ins.kubernetes import checks, ownership, settings
from workbench.stand_ins.kubernetes.access import access
from workbench.stand_ins.kubernetes.api import Api, Unreachable
from workbench.stand_ins.kubernetes.applying import INPUTS, Applier
from workbench.stand_ins.kubernetes.kinds import IDENTITY, KINDS
from workbench.stand_ins.kubernetes.objects import differing, identity, inside, known
from workbench.stand_ins.stand_in import StandIn

VERSION = "4.34.2"  # of the SDK in requirements.in
SWITCH = settings.VARIABLES["deleteUnreachable"]


class Kubernetes(StandIn):
    """Uses server-side apply, so that the API itself checks a preview and fields have owners."""

    name = "kubernetes"
    title = "kubernetes stand-in"
    version = VERSION
    types = frozenset(kind.token for kind in KINDS.values())

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._settings: settings.Settings | None = None
        self._applier: Applier | None = None

    def cancel(self) -> None:
        """Stop every call and every wait."""
        self._cancelled.set()

    def configure(self, settings_: Properties, progress: Progress) -> None:  # noqa: ARG002 -- it has no warnings
        """Read the kubeconfig. Does not contact the server, which may not exist yet."""
        self._settings = settings.settings(settings_, os.environ)
        known = self._settings.kubeconfig != UNKNOWN
        api = Api(access(self._settings.kubeconfig), self._cancelled) if known else None
        self._applier = Applier(api, force=self._settings.patch_force)

    def diff_settings(self, old: Properties, new: Properties) -> Change:
        """Report a renewed credential as an update of the provider alone."""
        return settings.change(old, new)

    def check(self, request: Request) -> Checked:
        """Every problem of form; the API itself judges the fields, in a dry run."""
        return Checked(inputs=request.inputs, problems=checks.problems(KINDS[request.kind], request.inputs))

    def diff(self, request: Request) -> Change:
        """Changed inputs; a field that the API never changes in place needs a new object after a deletion."""
        paths = differing(request.old_inputs or known(request.state), request.inputs)
        fixed = (*IDENTITY, *KINDS[request.kind].fixed)
        if request.kind not in self._configured.mutable:
            # As the official provider: content under a new name rolls the pods that use it.
            fixed = (*fixed, *settings.CONTENT.get(request.kind, ()))
        replacing = tuple(path for path in paths if any(inside(path, field) for field in fixed))
        return Change(paths=dict.fromkeys(paths, Difference.CHANGED), replacing=replacing, delete_first=True)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Apply and wait until it is ready. Takes an existing object only with `upsertExistingObjects`."""
        applier = self._applier_of(request)
        if request.preview:
            return "", applier.planned(request, exists=None)
        if not self._configured.upsert and applier.live(request) is not None:
            raise Refused(
                f"{request.kind} {identity(request.inputs)} exists already; delete it, or let the provider adopt it:"
                f" upsertExistingObjects, or {settings.VARIABLES['upsertExistingObjects']}=true in the environment"
            )
        return identity(request.inputs), applier.applied(request)

    def update(self, request: Request) -> Properties:
        """Apply and wait until it is ready."""
        applier = self._applier_of(request)
        return applier.planned(request, exists=True) if request.preview else applier.applied(request)

    def read(self, request: Request) -> Found | None:
        """A field that another field manager now owns is drift: a warning names the field and its owner.

        Everything else stays as in the state: a status that changes every minute is not drift.
        """
        if not request.state:
            raise Refused(f"a {request.kind} cannot be imported by the stand-in; the official plugin can")
        live = self._applier_of(request).live(request)
        if live is None:
            return None
        inputs, drifts = ownership.seen(request.inputs, live, checks.manager(request))
        for drift in drifts:
            request.progress.warning(f"{request.kind} {request.id}: {drift.path} was changed by {drift.by}")
        state = {**request.state, **inputs} if drifts else request.state
        return Found(inputs=inputs, state={**state, INPUTS: secret(inputs)})

    def delete(self, request: Request) -> None:
        """Delete and wait until it is gone. With `deleteUnreachable`, an unreachable cluster counts as deleted."""
        try:
            self._applier_of(request).deleted(request)
        except Unreachable as reason:
            if not self._configured.delete_unreachable:
                raise Refused(
                    f"{request.kind} {request.id} was not deleted: {reason}. If the cluster no longer exists, run it"
                    f" again with {SWITCH}=true in the environment: its objects are then only removed from the state"
                ) from None
            request.progress.warning(f"{request.kind} {request.id} was removed from the state, not deleted: {reason}")

    @property
    def _configured(self) -> settings.Settings:
        if self._settings is None:
            raise Refused("the kubernetes provider received a request before its configuration")
        return self._settings

    def _applier_of(self, request: Request) -> Applier:
        if self._applier is None:
            raise Refused(f"{request.kind} {request.id}: received before the provider's configuration")
        return self._applier


def main() -> None:
    """Serve the engine."""
    run(Kubernetes(), sys.argv[1:])
