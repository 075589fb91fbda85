"""What the kubernetes stand-in decides by itself, before any server is asked."""

import json
from collections.abc import Mapping
from pathlib import Path

import pulumi_kubernetes
import pytest
import yaml

from documents.addons.manifests import manifests
from documents.kubeconfig import kubeconfig
from provider.protocol.messages import Difference, Refused
from provider.protocol.values import UNKNOWN, Properties, Value
from tests.unit.addons.topologies import EVERYTHING, aws
from tests.unit.agent.issuing import Authority
from tests.unit.workbench.kubernetes_site import Site, an_object, deployment, site
from workbench.setup.plugins import version
from workbench.stand_ins.kubernetes.kinds import KINDS
from workbench.stand_ins.kubernetes.plugin import VERSION
from workbench.stand_ins.kubernetes.settings import KNOWN, VARIABLES, change

AUTHORITY = Authority("kubernetes")
PAIR = AUTHORITY.issue("tester")


def a_kubeconfig(**changes: Value) -> str:
    """A whole kubeconfig; `cluster` and `user` are merged into its parts."""
    text = kubeconfig(
        cluster="c",
        server="https://192.0.2.1:6443",
        user="u",
        authority_pem=AUTHORITY.certificate,
        certificate_pem=PAIR.certificate,
        key_pem=PAIR.key,
    )
    config = yaml.safe_load(text)
    for section, part in (("clusters", "cluster"), ("users", "user")):
        given = changes.get(part, {})
        assert isinstance(given, Mapping)
        config[section][0][part] |= given
    return json.dumps(config)


@pytest.fixture(scope="module")
def offline() -> Site:
    return site(a_kubeconfig())


def test_it_says_the_version_that_the_installed_sdk_asks_for() -> None:
    plugin = json.loads((Path(pulumi_kubernetes.__file__).parent / "pulumi-plugin.json").read_text(encoding="utf-8"))
    assert plugin["version"] == VERSION == version("kubernetes")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_token_and_api_version_of_the_sdk(kind: str) -> None:
    known = KINDS[kind]
    group = known.group.partition(".")[0] or "core"
    module = getattr(getattr(pulumi_kubernetes, group), known.version)
    assert getattr(module, known.name).pulumi_type == known.token


def test_it_implements_the_kinds_of_the_add_ons_and_no_others() -> None:
    """Secrets and the registration of an aggregated API hold what is issued while the program runs."""
    documents = [document for part in manifests(aws(EVERYTHING)).values() for document in part]
    assert {str(document["kind"]) for document in documents} | {"Secret", "APIService"} == set(KINDS)


def test_the_providers_inputs_and_variables_are_the_sdks() -> None:
    names = {
        getattr(each.fget, "_pulumi_name", name)
        for name, each in vars(pulumi_kubernetes.ProviderArgs).items()
        if isinstance(each, property)
    }
    assert names >= KNOWN
    text = (Path(pulumi_kubernetes.__file__).parent / "provider.py").read_text(encoding="utf-8")
    assert all(variable in text for variable in VARIABLES.values())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cluster": {"insecure-skip-tls-verify": True}}, "it has insecure-skip-tls-verify"),
        ({"cluster": {"server": "http://192.0.2.1"}}, "must name an https server"),
        ({"user": {"exec": {"command": "aws"}}}, "it has exec"),
        ({"user": {"client-key-data": "!"}}, "client-key-data in the provider's kubeconfig is not base64"),
        ({"user": {"client-key-data": "aGlkZGVu"}}, "must hold certificates in PEM form"),
    ],
)
def test_a_kubeconfig_that_is_unsafe_or_leads_elsewhere_is_refused_without_its_contents(
    changes: dict[str, Value], said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        site(a_kubeconfig(**changes))
    assert PAIR.key.splitlines()[1] not in str(refused.value)


def test_an_input_of_the_provider_that_would_be_ignored_is_refused() -> None:
    with pytest.raises(Refused, match="not renderYamlToDirectory; install the official plugin"):
        site(a_kubeconfig(), renderYamlToDirectory="out")


def test_only_another_cluster_replaces_the_provider() -> None:
    old: Properties = {"kubeconfig": "one", "clusterIdentifier": "api"}
    assert change(old, {**old, "kubeconfig": "two"}).replacing == []
    assert change(old, {**old, "kubeconfig": UNKNOWN}).paths == {"kubeconfig": Difference.CHANGED}
    assert change(old, {**old, "clusterIdentifier": "other"}).replacing == ["clusterIdentifier"]


def test_every_problem_of_an_object_is_told_at_once(offline: Site) -> None:
    bad: Properties = {"apiVersion": "apps/v2", "kind": "Deployment", "metadata": {"labels": {"n": 3}}}
    assert offline.problems(bad) == [
        "apiVersion must be apps/v1 for kubernetes:apps/v1:Deployment, not 'apps/v2'",
        "metadata.name must be given: this stand-in generates no names",
        "metadata.namespace must be given: a Deployment is in a namespace",
        "metadata.labels['n'] must be a text, not 3",
    ]
    assert offline.problems(an_object("Namespace", "one")) == []
    assert offline.problems({**an_object("ConfigMap", "one"), "metadata": UNKNOWN}) == []


def test_what_the_api_never_changes_in_place_makes_a_new_object(offline: Site) -> None:
    old = deployment()
    spec = old["spec"]
    assert isinstance(spec, dict)
    other: Properties = {**old, "spec": {**spec, "selector": {"matchLabels": {"app": "other"}}}}
    assert offline.replacing(old, other) == ("spec.selector.matchLabels.app",)
    assert offline.replacing(old, deployment(image="registry.invalid/web:2", replicas=3)) == ()
    assert offline.replacing(an_object("ConfigMap", "a"), an_object("ConfigMap", "b")) == ("metadata.name",)


@pytest.mark.parametrize(("kind", "flag"), [("ConfigMap", "enableConfigMapMutable"), ("Secret", "enableSecretMutable")])
def test_content_changes_in_place_only_where_the_provider_says_so(kind: str, flag: str) -> None:
    old, new = (an_object(kind, "a", data={"x": value}) for value in ("1", "2"))
    assert site(a_kubeconfig()).replacing(old, new) == ("data.x",)
    assert site(a_kubeconfig(), **{flag: "true"}).replacing(old, new) == ()


def test_a_preview_before_the_cluster_exists_shows_the_inputs_and_asks_nobody() -> None:
    provider = site(UNKNOWN)
    identity, state = provider.create(an_object("ConfigMap", "a", data={"x": "1"}), preview=True)
    assert identity == ""
    assert state["data"] == {"x": "1"}
