"""Rotates a certificate authority: every node trusts the new one, then it signs, then the old one is removed."""

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
    Phase.ADD: "every node, balancer and kubeconfig also trusts authority {0}; it signs nothing yet",
    Phase.PROMOTE: "authority {0} signs and reissues every certificate; the previous one is still trusted",
    Phase.REMOVE: "authority {0} is no longer trusted, and every certificate that it signed becomes invalid",
}
# The controller-manager writes the bundle into every namespace, and the kubelet into pods. Both are watched, but
# a program that reads the file only at its start keeps the old content.
PODS = (
    "pods get the new authority within two minutes. Before the next step, restart programs that read it only at "
    "their start, and issue older kubeconfigs again (`kubeconfig` and `kubectl` here do so by themselves)"
)
LIST = "application/json"
PUBLISHED_SECONDS = 60.0  # the controller-manager has just restarted and may have to become leader first


@dataclass(frozen=True, kw_only=True)
class Trust:
    """One node. `authorities`: digests of those that it trusts, the signing one first."""

    node: str
    authorities: tuple[str, ...]
    unfinished: bool


def authority_rotation(authority: str) -> Callable[[Environment], Rotation]:
    """The rotation of one authority; `name` is a key of `NAMES`."""
    return lambda of: AuthorityRotation(of, authority)


class AuthorityRotation(Rotation):
    """Nodes change one at a time in every step; the agents refuse a step if an earlier one is incomplete."""

    def __init__(self, of: Environment, authority: str) -> None:
        super().__init__(of)
        self._authority = authority
        self.path = f"certificates.generations.{NAMES[authority]}"

    def generations(self, settings: Settings) -> tuple[int, ...]:
        """Raises `OperationFailed` if a rotation of this authority would cut off a client."""
        if self._authority == "cluster" and settings.workers:
            raise OperationFailed(
                "the cluster's authority cannot be rotated while there are workers: their kubelets' certificates are "
                "issued inside the cluster and would become invalid; nothing was changed"
            )
        return settings.certificates.generations.of(self._authority)

    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """Return the first mismatch with the settings: a failed run, another list on a node, or a stale namespace."""
        nodes = tuple(every(self.of.hosts, self._trust).values())
        for node in nodes:
            if node.unfinished:
                return f"the last run on {node.node} failed"
            if len(node.authorities) != len(generations):
                wanted, found = len(generations), len(node.authorities)
                return f"the settings have {wanted} {self._authority} authorities, and {node.node} trusts {found}"
        if len({node.authorities for node in nodes}) > 1:
            return f"the nodes do not trust the same {self._authority} authorities in the same order"
        return self._unpublished(len(generations)) if self._authority == "cluster" else None

    def describe(self, step: Step) -> str:
        """A short description."""
        more = f"; {PODS}" if step.phase is Phase.ADD and self._authority == "cluster" else ""
        return WHAT[step.phase].format(step.subject) + more

    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """The key and the certificate."""
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
        """Return why a namespace gives pods outdated authorities; waits a while for the controller-manager."""
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
