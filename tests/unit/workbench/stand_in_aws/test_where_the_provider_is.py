from pathlib import Path

import pytest

from workbench.stand_ins.aws import binary
from workbench.stand_ins.aws.binary import PROGRAM, VARIABLE

TARGET = "linux_amd64"


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.system", lambda: "Linux")


def unpacked(mirror: Path, version: str = "5.100.0", target: str = TARGET) -> Path:
    folder = mirror / "registry.terraform.io" / "hashicorp" / "aws" / version / target
    folder.mkdir(parents=True)
    program = folder / f"{PROGRAM}_v{version}_x5"
    program.touch(mode=0o755)
    return program


def find(environment: dict[str, str], optional: Path | None = None) -> Path | None:
    """Without what this computer itself has as optional software."""
    return binary.find(environment, optional=optional or Path(environment["HOME"]) / "opt")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin"), "XDG_DATA_DIRS": str(tmp_path / "share")}


def test_nowhere_is_no_error(home: dict[str, str]) -> None:
    assert find(home) is None


def test_the_variable_names_the_program_itself(tmp_path: Path, home: dict[str, str]) -> None:
    program = unpacked(tmp_path / "mirror")
    assert find({**home, VARIABLE: str(program)}) == program


def test_the_variable_names_a_mirror(tmp_path: Path, home: dict[str, str]) -> None:
    program = unpacked(tmp_path / "mirror")
    assert find({**home, VARIABLE: str(tmp_path / "mirror")}) == program


def test_a_named_place_without_a_provider_is_not_replaced_by_another(tmp_path: Path, home: dict[str, str]) -> None:
    unpacked(Path(home["HOME"]) / ".terraform.d" / "plugins")
    assert find({**home, VARIABLE: str(tmp_path / "empty")}) is None


def test_a_mirror_of_terraform_s_own_configuration_is_found(tmp_path: Path, home: dict[str, str]) -> None:
    program = unpacked(tmp_path / "mirror")
    configuration = tmp_path / "terraformrc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path / "mirror"}"\n'
        '    include = ["*/*"]\n  }\n}\n'
    )
    assert find({**home, "TF_CLI_CONFIG_FILE": str(configuration)}) == program


def test_a_plugin_cache_of_terraform_s_own_configuration_is_found_below_the_home(home: dict[str, str]) -> None:
    folder = Path(home["HOME"])
    program = unpacked(folder / "cache")
    (folder / ".terraformrc").write_text('plugin_cache_dir = "$HOME/cache"\n')
    assert find(home) == program


def test_a_configuration_that_is_named_and_absent_hides_nothing(tmp_path: Path, home: dict[str, str]) -> None:
    program = unpacked(Path(home["HOME"]) / ".terraform.d" / "plugins")
    assert find({**home, "TF_CLI_CONFIG_FILE": str(tmp_path / "absent")}) == program


def test_the_newest_version_of_a_mirror_is_taken_by_number(tmp_path: Path, home: dict[str, str]) -> None:
    unpacked(tmp_path / "mirror", "5.99.1")
    program = unpacked(tmp_path / "mirror", "5.100.0")
    assert find({**home, VARIABLE: str(tmp_path / "mirror")}) == program


def test_a_provider_for_another_processor_is_none(tmp_path: Path, home: dict[str, str]) -> None:
    unpacked(tmp_path / "mirror", target="linux_arm64")
    assert find({**home, VARIABLE: str(tmp_path / "mirror")}) is None


def test_a_provider_on_path_is_the_last_resort(tmp_path: Path, home: dict[str, str]) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / PROGRAM).touch(mode=0o755)
    assert find(home) == tmp_path / "bin" / PROGRAM
    shared = unpacked(tmp_path / "share" / "terraform" / "plugins")
    assert find(home) == shared


def test_a_mirror_among_the_optional_software_of_a_machine_is_found_after_the_user_s_own(
    tmp_path: Path, home: dict[str, str]
) -> None:
    (tmp_path / "opt" / "another-product").mkdir(parents=True)
    program = unpacked(tmp_path / "opt" / "providers")
    assert find(home, tmp_path / "opt") == program
    own = unpacked(Path(home["HOME"]) / ".terraform.d" / "plugins", "5.99.1")
    assert find(home, tmp_path / "opt") == own
