"""The planned workers, and which of their certificate requests are as planned (requirement ADD-20)."""

import base64
from dataclasses import dataclass

from agent.model.json_reading import Json, Malformed, parse
from agent.pki.signing_request import NotARequest, SigningRequest, from_pem
from agent.system.host import Host

LIST = "/etc/kubernetes/quorate/workers.json"
CLIENT, SERVING = "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving"
USAGES = {CLIENT: "client auth", SERVING: "server auth"}
# Usages that a kubelet also requests; the second only with an RSA key (kubelet's certificate manager).
COMMON_USAGES = frozenset({"digital signature", "key encipherment"})
BEGINNER = "system:bootstrap:"  # prefix of the user name that a token authenticates
NODES = "system:nodes"


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A node without a control plane. `pod_ranges` are CIDR texts."""

    name: str
    address: str
    zone: str
    pod_ranges: tuple[str, ...]

    @property
    def user(self) -> str:
        """The user name of its kubelet."""
        return f"system:node:{self.name}"

    @property
    def token_group(self) -> str:
        """The group of its own tokens: another worker's token cannot be used for this worker."""
        return f"system:bootstrappers:quorate:{self.name}"


def workers(host: Host) -> tuple[Worker, ...]:
    """All planned workers; empty if the plan has no workers. Raises Malformed."""
    try:
        listed = parse(host.path(LIST).read_bytes(), at=LIST).items()
    except FileNotFoundError:
        return ()
    return tuple(
        Worker(
            name=one["name"].text(),
            address=one["address"].text(),
            zone=one["zone"].text(),
            pod_ranges=tuple(r.text() for r in one["podRanges"].items()),
        )
        for one in listed
    )


def objection(request: Json, known: tuple[Worker, ...]) -> str | None:
    """Why a CertificateSigningRequest is not as planned; None if it is."""
    spec = request["spec"]
    signer = spec["signerName"].text()
    if signer not in USAGES:
        return f"{signer} is not one of this cluster's signers"
    try:
        asked = from_pem(base64.b64decode(spec["request"].text()).decode())
    except (NotARequest, ValueError, Malformed) as error:
        return str(error)
    worker = next((one for one in known if asked.common_names == (one.user,)), None)
    if worker is None:
        return f"no planned worker has the name {' or '.join(asked.common_names) or '(empty)'}"
    usages = {usage.text() for usage in spec["usages"].items()}
    if USAGES[signer] not in usages or usages - COMMON_USAGES - {USAGES[signer]}:
        return f"usages {', '.join(sorted(usages))}"
    if asked.organizations != (NODES,) or asked.others:
        return "it requests more than a node's identity"
    groups = {group.text() for group in spec["groups"].items()}
    user = spec["username"].text()
    return _client(asked, worker, user, groups) if signer == CLIENT else _serving(asked, worker, user, groups)


def _client(asked: SigningRequest, worker: Worker, user: str, groups: set[str]) -> str | None:
    if asked.dns_names or asked.addresses:
        return "a client certificate has no alternative names"
    if not user.startswith(BEGINNER) or worker.token_group not in groups:
        return f"{user} has no token of {worker.name}"
    return None


def _serving(asked: SigningRequest, worker: Worker, user: str, groups: set[str]) -> str | None:
    if user != worker.user or NODES not in groups:
        return f"{user} is not {worker.name}"
    strange = [*(n for n in asked.dns_names if n != worker.name), *(a for a in asked.addresses if a != worker.address)]
    if strange:
        return f"{', '.join(strange)} is not {worker.name}"
    return None if asked.addresses else "it does not name an address"
