"""Authorities of one's own, each below a root that signs nothing else: every program and client gets the chain."""

import base64
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tests.unit.plan.own_authorities import issue, pem, secret
from workbench.lab.api import Json
from workbench.lab.cluster import SERVING_SECONDS, Cluster, site, standing
from workbench.lab.findings import Figures
from workbench.lab.ground import Ground
from workbench.lab.machines import LocalMachines
from workbench.lab.prerequisites import missing
from workbench.lab.progress import Progress
from workbench.lab.stack import Stack
from workbench.lab.wait import NotYet, until

GROUND = Ground(name="chain", bridge="qchain0", prefix="10.89.250")
CREATED, OK = 201, 200
REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


def chained() -> dict[str, dict[str, str]]:
    """An intermediate authority with its chain for each purpose, each below a root of its own."""
    made = {}
    for purpose in ("cluster", "etcd", "front-proxy"):
        root = issue(f"root of {purpose}", path_length=1)
        middle = issue(f"our {purpose}", by=root, path_length=0)
        made[purpose] = {"certificate": pem(middle[0], root[0]), "key": secret(middle[1])}
    return made


@pytest.fixture(scope="module")
def chain(progress: Progress) -> Iterator[Cluster]:
    """A cluster under intermediate authorities."""
    if reason := missing():
        pytest.skip(reason)
    stack = Stack(GROUND, progress=progress)
    with standing(stack):
        stack.set({**GROUND.settings(certificates={"authorities": "provided"}), "authorityFiles": chained()})
        stack.up().good()
        running = site(stack)
        running.wait_until_whole(seconds=SERVING_SECONDS)
        machines = LocalMachines(fleet=GROUND.name, names=tuple(GROUND.nodes))
        yield Cluster(stack=stack, site=running, machines=machines, figures=Figures(), progress=progress)
        stack.destroy().good()


def test_agents_balancers_and_clients_work_and_a_second_update_finds_nothing_to_do(chain: Cluster) -> None:
    chain.nodes_are_ready()
    chain.stack.preview("--refresh", "--expect-no-changes").good()
    chain.stack.operation("verify").good()


def test_the_controller_manager_signs_with_the_intermediate_and_the_api_accepts_it(chain: Cluster) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "someone")])
    asked = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    text = base64.b64encode(asked.public_bytes(Encoding.PEM)).decode()
    signer = "kubernetes.io/kube-apiserver-client"
    api = chain.api()
    made = api.post(
        REQUESTS,
        {"metadata": {"name": "someone"}, "spec": {"request": text, "signerName": signer, "usages": ["client auth"]}},
    )
    assert made.status == CREATED, made.text("message")
    condition: Json = {"type": "Approved", "status": "True", "reason": "Test", "message": "test"}
    body = made.body
    assert isinstance(body, dict)
    approved = api.call(
        "PUT", f"{REQUESTS}/someone/approval", {**body, "status": {"conditions": [condition]}}, deadline=5
    )
    assert approved.status == OK, approved.text("message")

    def signed() -> str:
        if not (found := api.get(f"{REQUESTS}/someone").text("status", "certificate")):
            raise NotYet("not signed yet")
        return found

    issued = base64.b64decode(until("the request is signed", signed, seconds=30)).decode()
    leaf = x509.load_pem_x509_certificates(issued.encode())[0]
    assert leaf.issuer.rfc4514_string() == "CN=our cluster"
    until("the API knows someone", lambda: known(chain, issued, secret(key)), seconds=20)


def known(chain: Cluster, certificate: str, key: str) -> None:
    """The API server takes the certificate for someone's. Raises `NotYet`."""
    url = f"https://{GROUND.nodes['cp1']}:{GROUND.api_port}/apis/authentication.k8s.io/v1/selfsubjectreviews"
    review = '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}'
    script = f"""umask 077; cat > /run/someone.pem <<'END'
{certificate}{key}END
curl -sS --max-time 5 --cacert /etc/kubernetes/pki/ca.crt --cert /run/someone.pem {url} \\
    -H 'Content-Type: application/json' -d '{review}'"""
    said = chain.machines.run("cp1", "sh", "-c", script)
    if '"username": "someone"' not in said.replace('":"', '": "'):
        raise NotYet(said[:300])


def test_pods_and_kubeconfigs_trust_the_root_and_the_aggregated_api_answers(chain: Cluster) -> None:
    given = chain.api().get("/api/v1/namespaces/default/configmaps/kube-root-ca.crt").text("data", "ca.crt")
    trusted = {one.subject.rfc4514_string() for one in x509.load_pem_x509_certificates(given.encode())}
    assert trusted == {"CN=root of cluster", "CN=our cluster"}

    def answers() -> None:
        found = chain.api().get("/apis/metrics.k8s.io/v1beta1/nodes")
        if len(found.items()) != len(GROUND.nodes):
            raise NotYet(found.text("message") or str(found.status))

    until("the metrics of every node", answers, seconds=90)
