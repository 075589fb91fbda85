from pathlib import Path

import pytest

from workbench.cloud.stacks import NotEmulated, settings

COMMITTED = "encryptionsalt: v1:of-the-team\nconfig:\n  quorate:preset: dev\n"
OFF = "  quorate:addons:\n    enabled: false\n"


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    folder = tmp_path / "committed"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: quorate\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(COMMITTED)
    return folder


def create(project: Path) -> None:
    """As the CLI does it."""
    assert (project / "Pulumi.yaml").read_text().startswith("name: quorate\n")
    if not (project / "Pulumi.dev.yaml").exists():
        (project / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:of-this-clone\n")


def test_the_committed_settings_get_the_salt_of_this_clone_and_stay_as_they_are(
    tmp_path: Path, committed: Path
) -> None:
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert file.read_text() == f"encryptionsalt: v1:of-this-clone\nconfig:\n  quorate:preset: dev\n{OFF}"
    assert (committed / "Pulumi.dev.yaml").read_text() == COMMITTED


def test_changed_settings_are_used_and_the_salt_stays(tmp_path: Path, committed: Path) -> None:
    settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    (committed / "Pulumi.dev.yaml").write_text("config:\n  quorate:preset: prod\n")
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert file.read_text() == f"encryptionsalt: v1:of-this-clone\nconfig:\n  quorate:preset: prod\n{OFF}"


def test_what_an_operation_changed_stays_until_the_committed_settings_change(tmp_path: Path, committed: Path) -> None:
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    upgraded = file.read_text() + "  quorate:controlPlane:\n    kubernetesVersion: 1.36.4\n"
    file.write_text(upgraded)
    assert settings("dev", committed=committed, folder=tmp_path / "session", create=create) == file
    assert file.read_text() == upgraded
    (committed / "Pulumi.dev.yaml").write_text("config:\n  quorate:preset: prod\n")
    settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert "1.36.4" not in file.read_text()


def test_imports_of_pulumi_esc_are_left_out_because_only_pulumi_cloud_resolves_them(
    tmp_path: Path, committed: Path
) -> None:
    (committed / "Pulumi.dev.yaml").write_text(
        "environment:\n- team/dev\n  # shared\n- team/keys\nconfig:\n  quorate:preset: dev\n"
    )
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert file.read_text() == f"encryptionsalt: v1:of-this-clone\nconfig:\n  quorate:preset: dev\n{OFF}"


def test_add_ons_are_off_only_where_nothing_boots_and_the_settings_do_not_say_otherwise(
    tmp_path: Path, committed: Path
) -> None:
    own = f"{COMMITTED}  quorate:addons:\n    metricsServer: {{enabled: false}}\n"
    (committed / "Pulumi.dev.yaml").write_text(own)
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert OFF not in file.read_text()
    (committed / "Pulumi.dev.yaml").write_text(COMMITTED)
    (tmp_path / "session" / "manifest.json").write_text("{}")  # of a cloud that boots
    file = settings("dev", committed=committed, folder=tmp_path / "session", create=create)
    assert OFF not in file.read_text()
    assert "quorate:artifacts" in file.read_text()


@pytest.mark.parametrize(
    ("stack", "text"),
    [
        ("absent", None),
        ("local", "config:\n  quorate:preset: local\n"),
        ("team", "config:\n  aws:token:\n    secure: v1:abc\n"),
    ],
)
def test_what_is_not_on_aws_or_cannot_be_read_is_refused(
    tmp_path: Path, committed: Path, stack: str, text: str | None
) -> None:
    if text is not None:
        (committed / f"Pulumi.{stack}.yaml").write_text(text)
    with pytest.raises(NotEmulated):
        settings(stack, committed=committed, folder=tmp_path / "session", create=create)
