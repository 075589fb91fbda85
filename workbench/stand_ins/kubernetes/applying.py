"""Applies an object, waits for it, and deletes it."""

import http
import time

from provider.protocol.log import Progress
from provider.protocol.messages import PartialFailure, Refused, Request
from provider.protocol.values import UNKNOWN, Properties, Value, has_unknown, secret
from workbench.stand_ins.kubernetes import readiness
from workbench.stand_ins.kubernetes.api import Answered, Api, Cancelled, Unreachable
from workbench.stand_ins.kubernetes.checks import KEPT_MANAGER, manager
from workbench.stand_ins.kubernetes.kinds import KINDS, Kind
from workbench.stand_ins.kubernetes.objects import annotation, at, identity, items, text

PATIENCE = 15.0  # seconds without a response: longer than the endpoint takes to move, shorter than a person would wait
READY_SECONDS = 600.0  # the official provider's default for every kind that it waits for
PAUSE_SECONDS = 0.25
# Set by the server and different at every read.
VOLATILE = ("managedFields", "resourceVersion", "generation")
SECRET = ("data", "stringData")  # fields of a Secret, which are secret even if the program did not mark them
APPLY = "application/apply-patch+yaml"
# The official provider reads the previous inputs from this output. Without it they would count as empty, and every
# object would be replaced. Secret as a whole, because any of the inputs may be.
INPUTS = "__inputs"


class Applier:
    """`api`: None in a preview of a cluster whose kubeconfig is not known yet."""

    def __init__(self, api: Api | None, *, force: bool) -> None:
        self._api = api
        self._force = force

    def planned(self, request: Request, *, exists: bool | None) -> Properties:
        """The state for a preview: the server's response to a dry run, or the inputs if it cannot be reached.

        Raises `Refused` with the server's refusal. `exists`: None if unknown.
        """
        live = request.inputs
        if self._api is not None and not has_unknown(request.inputs):
            try:
                # An existing object is about to be replaced, and a dry run refuses the change that causes it.
                if exists or self._get(request, patience=0.0) is None:
                    live = self._apply(request, dry=True, patience=0.0)
            except Unreachable as reason:
                request.progress.status(f"shown without calling the API: {reason}")
            except Answered as answer:
                if not _is_early(answer):
                    raise explained(request, answer) from None
        return _previewed(request, live)

    def applied(self, request: Request) -> Properties:
        """Apply, then wait. Raises `Refused`, or `PartialFailure` once the object exists."""
        try:
            live = self._apply(request, dry=False, patience=PATIENCE)
        except Answered as answer:
            raise explained(request, answer) from None
        except (Unreachable, Cancelled) as reason:
            raise Refused(f"{_name(request)}: {reason}") from None
        return _state(request, self._settled(request, live))

    def live(self, request: Request) -> Properties | None:
        """The current object, or None."""
        try:
            return self._get(request, patience=PATIENCE)
        except Answered as answer:
            raise explained(request, answer) from None
        except (Unreachable, Cancelled) as reason:
            raise Refused(f"{_name(request)}: {reason}") from None

    def deleted(self, request: Request) -> None:
        """Delete it with its dependents, and wait until it is gone. Raises `Unreachable` and `Refused`."""
        end = time.monotonic() + (request.seconds or READY_SECONDS)
        try:
            gone = self._reach().call(
                "DELETE", _path(request), query={"propagationPolicy": "Background"}, patience=PATIENCE
            )
            uid = text(gone, "metadata", "uid") or text(gone, "details", "uid")
            while (live := self._get(request, patience=PATIENCE)) and text(live, "metadata", "uid") == uid:
                self._not_for_ever(request, live, end)
        except Answered as answer:
            if answer.status != http.HTTPStatus.NOT_FOUND:
                raise explained(request, answer) from None
        except Cancelled as reason:
            raise Refused(f"{_name(request)}: {reason}") from None

    def _not_for_ever(self, request: Request, live: Properties, end: float) -> None:
        if time.monotonic() > end:
            held = ", ".join(str(each) for each in _listed(live, "metadata", "finalizers")) or "none"
            said = "; ".join(text(c, "message") for c in items(live, "status", "conditions") if text(c, "message"))
            raise Refused(f"{_name(request)} is still there; its finalizers: {held}. {said}".strip())
        self._reach().pause(PAUSE_SECONDS)

    def _settled(self, request: Request, live: Properties) -> Properties:
        if annotation(request.inputs, "skipAwait") == "true":
            return live
        seconds = request.seconds or float(annotation(request.inputs, "timeoutSeconds") or READY_SECONDS)
        end, told = time.monotonic() + seconds, ""
        try:
            while (why := readiness.unready(live)) is not None:
                if time.monotonic() > end:
                    _give_up(f"not ready after {seconds:.0f} s: {why}")
                told = _tell(request.progress, f"waiting: {why}", told)
                self._reach().pause(PAUSE_SECONDS)
                live = self._get(request, patience=PATIENCE) or _give_up("another client deleted it")
        except (readiness.Failed, Answered, Unreachable, Cancelled) as reason:
            reasons = [f"{_name(request)}: {reason}", *self._troubles(live)]
            raise PartialFailure(*reasons, id=identity(request.inputs), state=_state(request, live)) from None
        return live

    def _troubles(self, live: Properties) -> list[str]:
        labels = readiness.selector(live)
        if not labels:
            return []
        collection = Kind(name="Pod", plural="pods").collection(text(live, "metadata", "namespace"))
        try:
            found = self._reach().call("GET", collection, query={"labelSelector": labels}, patience=0.0)
        except (Answered, Unreachable):
            return []
        return readiness.troubles(items(found, "items"))

    def _apply(self, request: Request, *, dry: bool, patience: float) -> Properties:
        force = self._force or annotation(request.inputs, "patchForce") == "true"
        query = {
            "fieldManager": manager(request),
            "fieldValidation": "Strict",
            **({"force": "true"} if force else {}),
            **({"dryRun": "All"} if dry else {}),
        }
        return self._reach().call(
            "PATCH", _path(request), query=query, body=request.inputs, kind=APPLY, patience=patience
        )

    def _get(self, request: Request, *, patience: float) -> Properties | None:
        try:
            return self._reach().call("GET", _path(request), patience=patience)
        except Answered as answer:
            if answer.status == http.HTTPStatus.NOT_FOUND:
                return None
            raise

    def _reach(self) -> Api:
        if self._api is None:
            raise Unreachable("the kubeconfig is not known yet")
        return self._api


def explained(request: Request, answer: Answered) -> Refused:
    """The server's refusal; for a conflict with each field, its owner, and how to take it over."""
    lines = [f"{_name(request)}: the API server returns {answer}"]
    if answer.reason == "Conflict" and answer.causes:
        lines += [f"  {text(cause, 'field')}: {text(cause, 'message')}" for cause in answer.causes]
        lines.append('  the annotation pulumi.com/patchForce: "true" on the object takes these fields over')
    if answer.status == http.HTTPStatus.UNAUTHORIZED:
        lines.append("  the provider's certificate may have expired; `pulumi up` renews it")
    return Refused("\n".join(lines))


def _is_early(answer: Answered) -> bool:
    """Whether the update itself will create what is missing: the namespace, or the API of a kind."""
    return answer.status == http.HTTPStatus.NOT_FOUND


def _give_up(why: str) -> Properties:
    raise readiness.Failed(why)


def _name(request: Request) -> str:
    return f"{request.kind} {request.id or identity(request.inputs)}"


def _path(request: Request) -> str:
    namespace, _, name = (request.id or identity(request.inputs)).rpartition("/")
    return f"{KINDS[request.kind].collection(namespace)}/{name}"


def _state(request: Request, live: Properties) -> Properties:
    metadata = {name: value for name, value in _metadata(live).items() if name not in VOLATILE}
    kept: Properties = {
        "__initialApiVersion": KINDS[request.kind].api_version,
        KEPT_MANAGER: manager(request),
        INPUTS: secret(request.inputs),
    }
    hidden = {name: secret(live[name]) for name in SECRET if request.kind == "Secret" and name in live}
    return {**{name: value for name, value in live.items() if name != "status"}, **hidden, "metadata": metadata, **kept}


def _previewed(request: Request, live: Properties) -> Properties:
    state = _state(request, live)
    unknown: Properties = {"uid": UNKNOWN, "creationTimestamp": UNKNOWN}
    if request.kind == "Service" and at(request.inputs, "spec", "clusterIP") is None:
        # A dry run returns an address that the update will not get.
        spec = at(live, "spec")
        state["spec"] = {**(spec if isinstance(spec, dict) else {}), "clusterIP": UNKNOWN, "clusterIPs": UNKNOWN}
    return {**state, "metadata": {**_metadata(state), **unknown}}


def _metadata(live: Properties) -> Properties:
    found = live.get("metadata")
    return dict(found) if isinstance(found, dict) else {}


def _listed(value: Value, *path: str) -> list[Value]:
    found = at(value, *path)
    return list(found) if isinstance(found, list) else []


def _tell(progress: Progress, line: str, told: str) -> str:
    if line != told:
        progress.status(line)
    return line
