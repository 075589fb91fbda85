"""What every node trusts, shows and reads in each phase of a rotation."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
import yaml
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pulumi.runtime import mocks

from agent.rotation import disorder
from documents.encryption import key_name
from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Recorded, Run, run_program

NODE = "quorate:hosts:Node"
PHASES = ([1], [1, 2], [2, 1], [2])
PKI = "/etc/kubernetes/pki"
SIGNING = f"{PKI}/signing.crt"
ENCRYPTION = "/etc/kubernetes/quorate/encryption.yaml"
# Where each authority is trusted, and what shows a certificate of it.
TRUST = {"cluster": f"{PKI}/ca.crt", "etcd": f"{PKI}/etcd/ca.crt", "frontProxy": f"{PKI}/front-proxy-ca.crt"}
LEAVES = {
    "cluster": (f"{PKI}/apiserver.crt", f"{PKI}/apiserver-kubelet-client.crt", "/var/lib/kubelet/pki/serving.crt"),
    "etcd": (f"{PKI}/etcd/server.crt", f"{PKI}/etcd/peer.crt", f"{PKI}/apiserver-etcd-client.crt"),
    "frontProxy": (f"{PKI}/front-proxy-client.crt",),
}


class Lasting(Answers):
    """A state that goes on: the same inputs under the same name get what they got before."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, tuple[str | None, dict[str, object]]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, object]]:
        key = f"{args.typ} {args.name} {json.dumps(args.inputs, sort_keys=True)}"
        if not args.typ.startswith("tls:"):
            return super().new_resource(args)
        if key not in self._made:
            self._made[key] = super().new_resource(args)
        return self._made[key]


@dataclass(frozen=True)
class Before:
    """The environment in the first phase, which is the same for every rotation."""

    answers: Lasting
    run: Run

    def rotate(self, section: str, setting: Callable[[list[int]], object]) -> list[Run]:
        """One run for each phase."""
        later = [{"preset": "local", section: setting(phase)} for phase in PHASES[1:]]
        return [self.run, *(run_program(self.answers, config=config) for config in later)]


@pytest.fixture(scope="module")
def before() -> Before:
    answers = Lasting()
    return Before(answers, run_program(answers, config={"preset": "local"}))


@pytest.fixture(scope="module", params=["cluster", "etcd", "frontProxy"])
def rotated(request: pytest.FixtureRequest, before: Before) -> tuple[str, list[Run]]:
    """The authority's name, and the program run once for each phase."""
    name = str(request.param)
    return name, before.rotate("certificates", lambda phase: {"generations": {name: phase}})


@pytest.fixture(scope="module")
def keys(before: Before) -> list[Run]:
    return before.rotate("controlPlane", lambda phase: {"encryptionKeys": phase})


def nodes(run: Run) -> list[Recorded]:
    return sorted(run.of(NODE), key=lambda node: node.name)


def text(node: Recorded, path: str) -> str:
    for group in ("files", "secrets"):
        files = node.inputs[group]
        assert isinstance(files, dict)
        if path in files:
            file = files[path]
            assert isinstance(file, dict)
            return str(file["content"])
    raise KeyError(path)


def certificates(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode())


def verifies(leaf: str, trusted: Sequence[x509.Certificate]) -> bool:
    return any(_issued(certificates(leaf)[0], by) for by in trusted)


def _issued(leaf: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError):
        return False
    return True


def kubeconfigs(node: Recorded) -> Iterator[tuple[dict[str, list[dict[str, dict[str, str]]]], str]]:
    for name in ("admin", "super-admin", "controller-manager", "scheduler", "kubelet"):
        yield yaml.safe_load(text(node, f"/etc/kubernetes/{name}.conf")), name


def test_nodes_of_neighbouring_phases_believe_each_other(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    for before, after in pairwise(runs):
        for one, other in ((before, after), (after, before)):
            trusted = certificates(text(nodes(one)[0], TRUST[name]))
            for path in LEAVES[name]:
                assert verifies(text(nodes(other)[1], path), trusted), path


def test_every_step_of_the_program_is_one_that_the_agents_accept(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    bundles = [[str(c.serial_number) for c in certificates(text(nodes(run)[0], TRUST[name]))] for run in runs]
    assert [len(bundle) for bundle in bundles] == [1, 2, 2, 1]
    assert not any(disorder(before, after) for before, after in pairwise(bundles))
    assert bundles[0] != bundles[3]


def test_leaves_change_in_the_second_step_only(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    for path in LEAVES[name]:
        first, added, promoted, removed = (text(nodes(run)[2], path) for run in runs)
        assert first == added != promoted == removed


def test_other_authorities_and_the_service_account_stay_as_they_are(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    others = [path for other, path in TRUST.items() if other != name]
    for path in (*others, f"{PKI}/sa.key", ENCRYPTION):
        assert len({text(nodes(run)[0], path) for run in runs}) == 1, path


def test_the_first_certificate_of_the_file_is_that_of_the_key_beside_it(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    if name != "cluster":
        pytest.skip("the other authorities' keys reach no node")
    for run in runs:
        key = load_pem_private_key(text(nodes(run)[0], f"{PKI}/ca.key").encode(), None)
        assert certificates(text(nodes(run)[0], f"{PKI}/ca.crt"))[0].public_key() == key.public_key()


def test_the_controller_manager_signs_with_a_file_of_one_certificate(rotated: tuple[str, list[Run]]) -> None:
    name, runs = rotated
    for run in runs:
        trusted = certificates(text(nodes(run)[0], f"{PKI}/ca.crt"))
        flag = f"value: {SIGNING}\n"
        assert (flag in text(nodes(run)[0], "/etc/kubernetes/quorate/kubeadm.yaml")) == (len(trusted) > 1)
        if len(trusted) > 1:
            assert certificates(text(nodes(run)[0], SIGNING)) == trusted[:1]
    assert (name == "cluster") == any(SIGNING in str(nodes(run)[0].inputs["files"]) for run in runs)


def test_every_kubeconfig_trusts_what_the_node_trusts(rotated: tuple[str, list[Run]]) -> None:
    _, runs = rotated
    for run in runs:
        trusted = text(nodes(run)[0], f"{PKI}/ca.crt")
        for config, name in kubeconfigs(nodes(run)[0]):
            data = config["clusters"][0]["cluster"]["certificate-authority-data"]
            assert base64.b64decode(data).decode() == trusted, name


def test_balancers_and_the_wait_for_the_cluster_trust_both_authorities_while_they_are_there(
    rotated: tuple[str, list[Run]],
) -> None:
    _, runs = rotated
    for run in runs:
        trusted = text(nodes(run)[0], f"{PKI}/ca.crt")
        assert text(nodes(run)[0], "/etc/haproxy/ca.crt") == trusted
        assert run.one("quorate:hosts:Cluster", "local").inputs["authority"] == trusted


def test_keys_are_read_by_all_then_written_then_alone(keys: list[Run]) -> None:
    named = [_key_names(text(nodes(run)[0], ENCRYPTION)) for run in keys]
    old, new = named[0][0], named[3][0]
    assert named == [[old], [old, new], [new, old], [new]]
    assert old != new


def test_every_node_has_the_same_keys(keys: list[Run]) -> None:
    for run in keys:
        assert len({text(node, ENCRYPTION) for node in nodes(run)}) == 1


def test_a_rotation_of_keys_touches_no_certificate(keys: list[Run]) -> None:
    for path in (*TRUST.values(), *LEAVES["etcd"]):
        assert len({text(nodes(run)[0], path) for run in keys}) == 1


def _key_names(document: str) -> list[str]:
    [entry] = yaml.safe_load(document)["resources"]
    assert list(entry["providers"][-1]) == ["identity"]
    keys = entry["providers"][0]["secretbox"]["keys"]
    assert [key["name"] for key in keys] == [key_name(key["secret"]) for key in keys]
    return [key["name"] for key in keys]
