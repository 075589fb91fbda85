"""The program that approves the certificate requests of planned workers, on every control-plane node.

The node that sees a request first approves it; the others see that it is approved, or get a conflict.
"""

import contextlib
import http.client
import json
import ssl
from collections.abc import Iterator

from agent.kubernetes.kubeadm import API_PORT, PKI
from agent.model.json_reading import Json, Malformed, parse
from agent.system.forever import forever
from agent.system.host import Host
from agent.system.memory import Memory
from agent.workers.requests import objection, workers

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
PAUSE_SECONDS = 2.0
DONE = ("Approved", "Denied", "Failed")


def approve_forever(host: Host) -> None:
    """List and approve requests; errors are reported and do not stop it."""

    def look() -> tuple[str, ...]:
        try:
            return tuple(approve(host))
        except (OSError, http.client.HTTPException, Malformed) as error:
            return (str(error),)

    forever(look, pause=PAUSE_SECONDS)


def approve(host: Host) -> Iterator[str]:
    """Approve planned requests; yields the approvals, and the reasons for the rest. Raises OSError, HTTPException."""
    known = workers(host)
    with contextlib.closing(_connection(host)) as api:
        for request in _asked(api, "GET", REQUESTS)["items"].items():
            if any(condition["type"].text() in DONE for condition in request["status"]["conditions"].items()):
                continue
            name = request["metadata"]["name"].text()
            why_not = objection(request, known)
            if why_not is not None:
                yield f"{name} of {request['spec']['username'].text()} is not approved: {why_not}"
                continue
            _asked(api, "PUT", f"{REQUESTS}/{name}/approval", _approved(request))
            yield f"{name} of {request['spec']['username'].text()} is approved"


def _approved(request: Json) -> object:
    condition = {
        "type": "Approved",
        "status": "True",
        "reason": "Planned",
        "message": "approved because the worker is in the plan of this cluster",
    }
    whole = request.value if isinstance(request.value, dict) else {}
    return {**whole, "status": {"conditions": [condition]}}


def _connection(host: Host) -> http.client.HTTPSConnection:
    kept = next(Memory(host).kept(), None)
    if kept is None:
        raise OSError("this machine is not a node")
    context = ssl.create_default_context(cafile=str(host.path(f"{PKI}/ca.crt")))
    context.load_cert_chain(host.path(f"{PKI}/approver.crt"), host.path(f"{PKI}/approver.key"))
    return http.client.HTTPSConnection(kept.manifest.address, API_PORT, timeout=5.0, context=context)


def _asked(api: http.client.HTTPSConnection, method: str, path: str, body: object = None) -> Json:
    api.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
    answer = api.getresponse()
    text = answer.read()
    if answer.status == http.HTTPStatus.CONFLICT:
        return Json(None, path)  # another node approved it first
    if answer.status != http.HTTPStatus.OK:
        raise OSError(f"{path} answers {answer.status}: {text[:200].decode(errors='replace')}")
    return parse(text, at=path)
