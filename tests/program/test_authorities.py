"""Where the certificate authorities come from."""

import pytest

from workbench.mocks.answers import Answers
from workbench.mocks.recorder import run_program
from workbench.stand_ins.tls import certificates, keys

SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
NODE = "quorate:hosts:Node"


@pytest.fixture(scope="module")
def own() -> dict[str, dict[str, str]]:
    return {name: authority(name) for name in ("cluster", "etcd", "front-proxy")}


def authority(name: str) -> dict[str, str]:
    _, key = keys.make({"algorithm": "ECDSA", "ecdsaCurve": "P256", "rsaBits": 2048})
    _, made = certificates.self_signed(
        {
            "privateKeyPem": key["privateKeyPem"],
            "subject": {"commonName": f"our {name} authority"},
            "isCaCertificate": True,
            "maxPathLength": 0,
            "setSubjectKeyId": True,
            "setAuthorityKeyId": False,
            "allowedUses": ["cert_signing"],
            "validityPeriodHours": 87_600,
            "earlyRenewalHours": 0,
        }
    )
    return {"certificate": str(made["certPem"]), "key": str(key["privateKeyPem"])}


def test_ones_own_authorities_issue_the_leaves_and_none_is_made(own: dict[str, dict[str, str]]) -> None:
    config = {"preset": "local", "certificates": {"authorities": "provided"}, "authorityFiles": own}
    run = run_program(Answers(), config=config)
    assert not run.of(SELF_SIGNED)
    leaf = run.one("tls:index/locallySignedCert:LocallySignedCert", "cp1-etcd-server")
    assert leaf.inputs["caCertPem"] == own["etcd"]["certificate"]


def test_only_the_keys_of_ones_own_authorities_are_secrets_in_the_state(own: dict[str, dict[str, str]]) -> None:
    config = {"preset": "local", "certificates": {"authorities": "provided"}, "authorityFiles": own}
    run = run_program(Answers(), config=config)
    (cluster,) = run.of("quorate:hosts:Cluster")
    assert (cluster.inputs["authority"], cluster.secrets) == (own["cluster"]["certificate"], ())
    node = run.of(NODE)[0]
    assert all(path.startswith("secrets.") for path in node.secrets)


def test_in_external_mode_no_authoritys_key_reaches_a_node(own: dict[str, dict[str, str]]) -> None:
    config = {"preset": "local", "certificates": {"authorities": "external"}, "authorityFiles": own}
    run = run_program(Answers(), config=config)
    for node in run.of(NODE):
        assert isinstance(node.inputs["secrets"], dict)
        assert "/etc/kubernetes/pki/ca.key" not in node.inputs["secrets"]
        assert own["cluster"]["key"] not in str(node.inputs)


def test_a_missing_authority_is_named_with_the_command_that_sets_it() -> None:
    with pytest.raises(Exception, match=r"authorityFiles\.cluster\.key"):
        run_program(Answers(), config={"preset": "local", "certificates": {"authorities": "provided"}})


@pytest.mark.parametrize(("preset_protects", "expected"), [(True, True), (False, False)])
def test_authorities_are_protected_as_the_settings_say(*, preset_protects: bool, expected: bool) -> None:
    run = run_program(Answers(), config={"preset": "local", "certificates": {"protect": preset_protects}})
    assert all(made.protect is expected for made in run.of(SELF_SIGNED))
