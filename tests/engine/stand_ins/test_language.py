"""The language host: programs, hooks, policy packs, plugins by path, and the commands around them."""

import json
import re
import subprocess

import pytest

from tests.engine.stand_ins.conftest import Make
from workbench.places import PYTHON, ROOT, VENV

PINNED = re.compile(r"^([a-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)

EMPTY = """
import pulumi
pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
"""
KEY = "import pulumi_tls as tls\ntls.PrivateKey('key', algorithm='{algorithm}')\n"
HOOKS = """
import pulumi, pulumi_tls as tls
from pathlib import Path

def note(args: pulumi.ResourceHookArgs) -> None:
    Path("noted").write_text(f"{args.name} {args.new_outputs['algorithm']}")

def fail(args: pulumi.ResourceHookArgs) -> None:
    raise RuntimeError("the hook says no")

after = pulumi.ResourceHook("after", fail if pulumi.Config().get_bool("fail") else note)
tls.PrivateKey("key", algorithm="ED25519",
               opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[after])))
"""
POLICY = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def modern(args, report):
    if args.resource_type == "tls:index/privateKey:PrivateKey" and args.props["algorithm"] == "RSA":
        report(f"RSA on {pulumi.get_stack()} of {pulumi.get_project()}")

PolicyPack("modern", [ResourceValidationPolicy("no-rsa", "no RSA keys", modern)],
           enforcement_level=EnforcementLevel.MANDATORY)
"""


def test_a_program_knows_its_stack(project: Make) -> None:
    stack = project(EMPTY)
    assert stack.up().status == 0
    assert stack.outputs() == {"stack": "organization/tried/s"}


def test_a_failing_program_is_shown_from_its_own_first_line(project: Make) -> None:
    ended = project("def f():\n    raise ValueError('broken here')\nf()\n").run("preview")
    assert ended.status != 0
    assert "ValueError: broken here" in ended.text
    assert "__main__.py" in ended.text
    assert "runpy" not in ended.text


def test_a_refusal_of_the_program_is_shown_without_a_traceback(project: Make) -> None:
    ended = project("import pulumi\nraise pulumi.RunError('two members tolerate nothing')\n").run("preview")
    assert ended.status != 0
    assert "two members tolerate nothing" in ended.text
    assert "Traceback" not in ended.text


def test_a_hook_runs_after_its_resource_and_its_failure_fails_the_update(project: Make) -> None:
    stack = project(HOOKS)
    assert stack.up().status == 0
    assert (stack.folder / "noted").read_text(encoding="utf-8") == "key ED25519"
    assert stack.run("destroy", "--yes", "--skip-preview").status == 0
    stack.configure(fail="true")
    failed = stack.up()
    assert failed.status != 0
    assert "the hook says no" in failed.text


@pytest.mark.parametrize(("algorithm", "passes"), [("ED25519", True), ("RSA", False)])
def test_a_policy_pack_decides_about_preview_and_update(algorithm: str, *, passes: bool, project: Make) -> None:
    stack = project(KEY.format(algorithm=algorithm))
    stack.write("pack/__main__.py", POLICY)
    stack.write(
        "pack/PulumiPolicy.yaml", f"runtime: {{name: python, options: {{virtualenv: {VENV}}}}}\nversion: 0.0.1\n"
    )
    for ended in (stack.run("preview", "--policy-pack", "pack"), stack.up("--policy-pack", "pack")):
        assert (ended.status == 0) is passes, ended.text
        assert ("RSA on s of tried" in ended.text) is not passes


def test_a_broken_policy_pack_fails_the_preview_with_its_reason(project: Make) -> None:
    stack = project(EMPTY)
    stack.write("pack/__main__.py", "raise SystemExit('the pack is broken')\n")
    stack.write(
        "pack/PulumiPolicy.yaml", f"runtime: {{name: python, options: {{virtualenv: {VENV}}}}}\nversion: 0.0.1\n"
    )
    ended = stack.run("preview", "--policy-pack", "pack")
    assert ended.status != 0
    assert "the pack is broken" in ended.text


def test_a_plugin_is_run_from_its_source_folder(project: Make) -> None:
    named = "plugins: {providers: [{name: tls, path: ./plugin}]}\n"
    stack = project(KEY.format(algorithm="ED25519"), project=named)
    stack.write("plugin/PulumiPlugin.yaml", f"runtime: {{name: python, options: {{virtualenv: {VENV}}}}}\n")
    root = str(VENV.parent)
    stack.write(
        "plugin/__main__.py",
        f"import sys; sys.path.insert(0, {root!r})\n"
        "open('used', 'w').close()\n"
        "from workbench.stand_ins.tls.plugin import main\nmain()\n",
    )
    assert stack.up().status == 0
    assert list(stack.folder.rglob("used"))
    assert stack.run("preview", "--expect-no-changes").status == 0
    assert stack.run("destroy", "--yes", "--skip-preview").status == 0


def test_about_names_the_interpreter_and_the_packages(project: Make) -> None:
    ended = project(EMPTY).run("about")
    assert ended.status == 0
    assert str(VENV / "bin" / "python") in ended.out
    assert "pulumi-tls" in ended.out


def test_install_leaves_an_environment_that_is_complete_as_it_is(project: Make) -> None:
    stack = project(EMPTY)
    assert stack.run("install", "--no-plugins").status == 0
    assert stack.run("preview").status == 0


def test_a_missing_environment_is_named(project: Make) -> None:
    stack = project(EMPTY)
    stack.write("Pulumi.yaml", "name: tried\nruntime: {name: python, options: {virtualenv: nowhere}}\n")
    ended = stack.run("preview")
    assert ended.status != 0
    assert "nowhere has no bin/python" in ended.text


def test_the_official_host_can_list_the_packages_of_the_environment_before_a_preview() -> None:
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "pulumi" in {package["name"] for package in json.loads(done.stdout)}


def test_pulumi_install_exchanges_no_package_of_the_environment() -> None:
    used, installed = (
        dict(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert used
    assert {name: installed.get(name) for name in used} == used
