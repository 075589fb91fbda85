"""The rotation of a certificate authority: trusted everywhere, then signing, then alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.model.json_reading import Json
from operations import kubeconfig
from operations.agent import ask, every
from operations.api import Api
from operations.environment import Environment, Host, OperationFailed
from operations.rotation import Rotation
from operations.stack import environment
from plan.certificates.rotation import Phase, Step, numbered
from plan.settings import Settings

NAMES = {"cluster": "cluster", "etcd": "etcd", "front-proxy": "frontProxy"}  # in the settings
BEGIN = "-----BEGIN CERTIFICATE-----"
WHAT = {
    Phase.ADD: "every node, balancer and kubeconfig trusts authority {0} beside the present one; it signs nothing yet",
    Phase.PROMOTE: "authority {0} signs: every certificate is issued anew by it; the former one is still trusted",
    Phase.REMOVE: "authority {0} is trusted by nobody any more, and what it signed ends with it",
}
# The controller-manager writes the bundle into every namespace, the kubelet from there into pods. Both are watched, but
# a program that reads the file once, when it starts, keeps what it read.
PODS = (
    "pods have the new authority within two minutes; programs that read theirs only when they start must be restarted "
    "before the next step, and kubeconfigs of before this step must be issued anew (`kubeconfig` and `kubectl` here do)"
)
LIST = "application/json"
PUBLISHED_SECONDS = 60.0  # the controller-manager has just been restarted, and may have to become leader first


@dataclass(frozen=True, kw_only=True)
class Trust:
    """One node. `authorities`: digests of what it trusts, the one that signs first."""

    node: str
    authorities: tuple[str, ...]
    unfinished: bool


def authority_rotation(authority: str) -> Callable[[Environment], Rotation]:
    """The rotation of the authority of that name: a key of `NAMES`."""
    return lambda of: AuthorityRotation(of, authority)


class AuthorityRotation(Rotation):
    """Nodes change one at a time in every step; the agents refuse a step that leaves out another."""

    def __init__(self, of: Environment, authority: str) -> None:
        super().__init__(of)
        self._authority = authority
        self.path = f"certificates.generations.{NAMES[authority]}"

    def generations(self, settings: Settings) -> tuple[int, ...]:
        """Of the authority. Raises `OperationFailed` where a rotation would cut somebody off."""
        if self._authority == "cluster" and settings.workers:
            raise OperationFailed(
                "the cluster's authority cannot be rotated while there are workers: their kubelets' certificates are "
                "issued inside the cluster and would end with it; nothing was changed"
            )
        return settings.certificates.generations.of(self._authority)

    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """A node whose last run failed, or that trusts others than the settings say; a namespace that does not know."""
        nodes = tuple(every(self.of.hosts, self._trust).values())
        for node in nodes:
            if node.unfinished:
                return f"the last run on {node.node} did not end well"
            if len(node.authorities) != len(generations):
                wanted, found = len(generations), len(node.authorities)
                return f"the settings have {wanted} {self._authority} authorities, and {node.node} trusts {found}"
        if len({node.authorities for node in nodes}) > 1:
            return f"the nodes do not trust the same {self._authority} authorities in the same order"
        return self._unpublished(len(generations)) if self._authority == "cluster" else None

    def describe(self, step: Step) -> str:
        """In words."""
        more = f"; {PODS}" if step.phase is Phase.ADD and self._authority == "cluster" else ""
        return WHAT[step.phase].format(step.subject) + more

    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """Key and certificate."""
        name = numbered(f"authority-{self._authority}", generation)
        return (
            ("tls:index/selfSignedCert:SelfSignedCert", name),
            ("tls:index/privateKey:PrivateKey", name),
        )

    def _trust(self, host: Host) -> Trust:
        answer = ask(host, "trust").values
        return Trust(
            node=host.name,
            authorities=tuple(one.text() for one in answer["authorities"][self._authority].items()),
            unfinished=answer["unfinished"].flag(),
        )

    def _unpublished(self, count: int) -> str | None:
        """A namespace in which pods would be given other authorities; the controller-manager gets a while."""
        api = Api(kubeconfig.current(environment(self.of.stack)))
        deadline = time.monotonic() + PUBLISHED_SECONDS
        while (stale := _stale_namespaces(api, count)) and time.monotonic() < deadline:
            time.sleep(1.0)
        return stale


def _stale_namespaces(api: Api, count: int) -> str | None:
    path = "/api/v1/configmaps?fieldSelector=metadata.name%3Dkube-root-ca.crt"
    found = api.get(path, accept=LIST)["items"].items()
    stale = [_namespace(one) for one in found if one["data"]["ca.crt"].text("").count(BEGIN) != count]
    return f"kube-root-ca.crt is not up to date in {len(stale)} namespaces, such as {stale[0]}" if stale else None


def _namespace(one: Json) -> str:
    return one["metadata"]["namespace"].text()
