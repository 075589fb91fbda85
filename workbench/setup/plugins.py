"""Resource plugins in this clone's Pulumi home: the official one if it can be found, otherwise our stand-in."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from workbench.environment import environment
from workbench.places import PULUMI_HOME, PYTHON, ROOT, TERRAFORM_PROVIDER, VENV
from workbench.progress import Failure
from workbench.setup.launchers import write
from workbench.stand_ins.aws.binary import ABSENT, find

# The aws plugin has 700 MB, ten minutes at 10 Mbit/s; the CLI itself gives up on a network that does not respond.
DOWNLOAD_SECONDS = 900
REPORT_SECONDS = 60


def version(name: str) -> str:
    """The plugin version of the installed SDK."""
    (file,) = VENV.glob(f"lib/python3*/site-packages/pulumi_{name}/pulumi-plugin.json")
    plugin: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return plugin["version"]


def installed(name: str) -> Path:
    """The plugin's place in this clone's Pulumi home."""
    program = f"pulumi-resource-{name}"
    return PULUMI_HOME / "plugins" / f"resource-{name}-v{version(name)}" / program


def ensure(name: str, *, download: bool) -> str:
    """Install the `tls` or `kubernetes` plugin if it is missing; reports the one in use.

    `download`: try the official source first.
    """
    official = _ensure_official(name, download=download)
    if official is None:
        _ensure_ours(name, f"workbench.stand_ins.{name}.plugin")
    return official or f"our stand-in for the {name} plugin {version(name)}"


def ensure_aws(*, download: bool) -> str:
    """Install the aws plugin or its stand-in, if either is available; reports which. Only AWS environments need it."""
    official = _ensure_official("aws", download=download)
    if official is not None:
        return official
    # The link remembers the location, so a later set-up needs no variable.
    provider = find(os.environ) or (TERRAFORM_PROVIDER.resolve() if TERRAFORM_PROVIDER.exists() else None)
    if provider is None:
        shutil.rmtree(installed("aws").parent, ignore_errors=True)
        return f"no aws plugin: {ABSENT}"
    link = TERRAFORM_PROVIDER.with_name(f".{TERRAFORM_PROVIDER.name}.unfinished")
    link.unlink(missing_ok=True)
    link.symlink_to(provider)
    link.replace(TERRAFORM_PROVIDER)
    _ensure_ours("aws", "workbench.stand_ins.aws.plugin", lean=False)
    return f"our stand-in for the aws plugin {version('aws')}, on {provider.name}"


def ensure_official(name: str) -> str:
    """Install the official plugin, by download if needed; reports the one in use. Raises `Failure` without one.

    A stand-in from an earlier set-up is kept, because it refuses real accounts.
    """
    official = _ensure_official(name, download=True)
    if official is None and not installed(name).exists():
        message = f"the official {name} plugin {version(name)} cannot be downloaded; check the network and run it again"
        raise Failure(message)
    return official or f"the {name} plugin that is already installed ({installed(name).parent.name})"


def _ensure_official(name: str, *, download: bool) -> str | None:
    found = _official(name)
    if found is not None:
        _install(name, found)
        return f"the official {name} plugin {version(name)} ({found})"
    if download and _downloaded(name):
        return f"the official {name} plugin {version(name)}, downloaded"
    return None


def _ensure_ours(name: str, module: str, *, lean: bool = True) -> None:
    there = installed(name)
    with tempfile.TemporaryDirectory() as folder:
        launcher = Path(folder) / there.name
        write(launcher, module, lean=lean)
        if not there.exists() or there.read_bytes() != launcher.read_bytes():
            _install(name, launcher)


def _official(name: str) -> Path | None:
    """The plugin from the user's own Pulumi home, or from PATH if it reports this version."""
    there = installed(name)
    home = Path.home() / ".pulumi" / there.relative_to(PULUMI_HOME)
    if home.exists():
        return home
    found = shutil.which(there.name)
    if found is None:
        return None
    return Path(found) if reported_version(found) == version(name) else None


def reported_version(program: str) -> str:
    """The version that a plugin reports; empty if the program is not a plugin or does not respond in time."""
    command = [str(PYTHON), "-m", "workbench.setup.plugin_version", program]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=REPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip().removeprefix("v")


def _install(name: str, file: Path) -> None:
    done = _pulumi("plugin", "install", "resource", name, version(name), "--file", str(file), "--reinstall")
    if done.returncode != 0:
        message = f"could not install the {name} plugin {version(name)} from {file}: {done.stderr.strip()}"
        raise Failure(message)


def _downloaded(name: str) -> bool:
    try:
        return _pulumi("plugin", "install", "resource", name, version(name)).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _pulumi(*arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**environment(os.environ), "PULUMI_HOME": str(PULUMI_HOME)}
    program = shutil.which("pulumi", path=variables["PATH"])
    if program is None:
        message = "there is no pulumi to install plugins with; run `make setup` again"
        raise Failure(message)
    return subprocess.run(
        [program, *arguments],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=DOWNLOAD_SECONDS,
    )
