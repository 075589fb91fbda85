import pytest

from tests.unit.plan.site import ABSENT, refusal, refusals, settings

STORE = {"source": "store", "store": "file:///opt/store", "manifest": "manifest.json"}


@pytest.mark.parametrize("version", ["1.34.9", "1.35.0", "1.36.3"])
def test_the_three_supported_minor_versions_are_accepted(version: str) -> None:
    assert settings({"controlPlane.kubernetesVersion": version})


@pytest.mark.parametrize("version", ["1.33.9", "1.37.0", "2.36.0"])
def test_an_unsupported_minor_version_is_refused(version: str) -> None:
    assert "1.34, 1.35, 1.36" in refusal({"controlPlane.kubernetesVersion": version}).what


@pytest.mark.parametrize("version", ["1.36", "v1.36.3", "stable", "1.36.3-rc.0", ""])
def test_a_version_that_is_no_exact_release_is_refused(version: str) -> None:
    assert "an exact release" in refusal({"controlPlane.kubernetesVersion": version}).what


@pytest.mark.parametrize("version", ["3.5.30", "3.6.3", "3.7.0", "3.4.22"])
def test_an_etcd_that_does_not_belong_to_the_kubernetes_version_is_refused(version: str) -> None:
    said = refusal({"etcd.version": version})
    assert said.what == "of 3.6, from 3.6.4 on, for Kubernetes 1.36.3"


@pytest.mark.parametrize("version", ["3.6", "v3.6.10", "latest"])
def test_an_etcd_version_that_is_no_exact_release_is_refused(version: str) -> None:
    assert "an exact release" in refusal({"etcd.version": version}).what


def test_a_version_that_yaml_took_for_a_number_is_explained() -> None:
    said = refusal({"controlPlane.kubernetesVersion": 1.36})
    assert "in quotes" in said.fix


def test_a_store_with_its_manifest_is_accepted() -> None:
    assert settings({"artifacts": STORE}).artifacts.source == "store"


def test_a_store_without_a_manifest_is_refused_because_nothing_would_be_verified() -> None:
    assert refusal({"artifacts": {**STORE, "manifest": None}}).at == "artifacts.manifest"


@pytest.mark.parametrize("place", [None, "", "/opt/store", "http://store.example.com", "file://relative"])
def test_a_store_is_a_local_folder_or_https(place: str | None) -> None:
    assert refusal({"artifacts": {**STORE, "store": place}}).at == "artifacts.store"


@pytest.mark.parametrize("key", ["store", "manifest"])
def test_packages_with_a_store_are_refused_because_one_of_both_would_be_ignored(key: str) -> None:
    assert refusal({"artifacts": {"source": "packages", key: STORE[key]}}).at == f"artifacts.{key}"


@pytest.mark.parametrize("key", ["kubeReserved", "systemReserved"])
@pytest.mark.parametrize(
    ("part", "value"), [("cpu", "much"), ("cpu", "-1"), ("memory", "1GB"), ("memory", "-1Gi"), ("cpu", "2000")]
)
def test_amounts_that_the_kubelet_cannot_read_are_refused(key: str, part: str, value: str) -> None:
    assert refusal({f"controlPlane.{key}": {part: value}}).at == f"controlPlane.{key}.{part}"


@pytest.mark.parametrize("text", ["https://registry.k8s.io", "", "Registry.k8s.io"])
def test_an_image_repository_is_a_name_without_scheme(text: str) -> None:
    assert refusal({"controlPlane.imageRepository": text}).at == "controlPlane.imageRepository"


@pytest.mark.parametrize("key", ["maxAgeDays", "maxBackups", "maxSizeMegabytes"])
def test_an_audit_log_without_limits_is_refused_because_it_would_fill_the_disk(key: str) -> None:
    assert refusal({f"controlPlane.audit.{key}": 0}).at == f"controlPlane.audit.{key}"


def test_the_default_programs_fit_each_other() -> None:
    assert not refusals({"etcd": ABSENT, "controlPlane": ABSENT})


KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n"


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"url": "ftp://example.com"}, "url"),
        ({"key": "0xABCD"}, "key"),
        ({"suite": "bookworm"}, "components"),
        ({"components": ["main"]}, "components"),
    ],
)
def test_a_repository_needs_an_address_a_key_and_components_only_with_a_suite(
    changed: dict[str, object], at: str
) -> None:
    given = {"url": "https://example.com/v{minor}", "key": KEY, **changed}
    found = refusal({"artifacts": {"source": "packages", "repositories": [given]}})
    assert found.at == f"artifacts.repositories[0].{at}"


def test_repositories_beside_a_store_are_refused_because_they_would_not_be_used() -> None:
    given = {"url": "https://example.com/v{minor}", "key": KEY}
    assert refusal({"artifacts": {**STORE, "repositories": [given]}}).at == "artifacts.repositories"
