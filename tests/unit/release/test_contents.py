"""What the wheel has."""

import ast
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from agent.system.archive import sources
from quorate.template import KINDS, project
from workbench.places import ROOT
from workbench.release import backend
from workbench.release.contents import ROOMS, rewritten, wheel_files


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(wheel_files())


def test_everything_is_inside_one_package_and_nothing_imports_a_name_of_the_top_level(files: dict[str, bytes]) -> None:
    assert {path.partition("/")[0] for path in files} == {"quorate"}
    for path, content in files.items():
        if path.endswith(".py") and not path.startswith("quorate/agent/shipped/"):
            names = [
                name
                for node in ast.walk(ast.parse(content))
                for name in (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom) and not node.level
                    else []
                )
            ]
            assert not [name for name in names if name.partition(".")[0] in ROOMS], path


def test_machines_get_the_same_agent_from_a_wheel_as_from_a_clone(files: dict[str, bytes]) -> None:
    prefix = "quorate/agent/shipped/"
    shipped = {f"agent/{path.removeprefix(prefix)}": text for path, text in files.items() if path.startswith(prefix)}
    assert shipped == sources(ROOT / "agent")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from plan import Plan", "from quorate.plan import Plan"),
        (
            "    from plan.cluster import (\n        Plan,\n    )",
            "    from quorate.plan.cluster import (\n        Plan,\n    )",
        ),
        ("import operations", "from quorate import operations"),
        ("import documents as texts", "from quorate import documents as texts"),
        ("from planets import Plan", "from planets import Plan"),
        ("import json", "import json"),
    ],
)
def test_imports_of_rooms_are_rewritten_and_no_others(line: str, found: str) -> None:
    text = f"if True:\n{line if line.startswith(' ') else f'    {line}'}\n"
    assert found.strip() in rewritten(text)


def test_the_same_sources_give_the_same_wheel(tmp_path: Path) -> None:
    names = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        names.append(tmp_path / folder / backend.build_wheel(str(tmp_path / folder)))
    assert names[0].read_bytes() == names[1].read_bytes()
    with zipfile.ZipFile(names[0]) as wheel:
        record = wheel.read(next(n for n in wheel.namelist() if n.endswith("RECORD"))).decode()
        assert len(record.splitlines()) == len(wheel.namelist())


def test_the_pinned_packages_satisfy_what_the_wheel_needs() -> None:
    from packaging.requirements import Requirement  # noqa: PLC0415 -- comes with the pinned packages

    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for need in map(Requirement, needs):
        assert need.specifier.contains(version(need.name)), need


def test_a_new_project_names_its_cluster_its_provider_and_its_pack() -> None:
    for kind in KINDS:
        made = project("berlin", kind=kind, version="1.2.3", public_key="ssh-ed25519 AAAA")
        assert "path: ./provider" in made["Pulumi.yaml"]
        assert made["requirements.txt"] == "quorate==1.2.3\n"
        assert "cluster: berlin" in made["Pulumi.dev.yaml"]
        for path in ("__main__.py", "provider/__main__.py", "policies/__main__.py"):
            ast.parse(made[path])
