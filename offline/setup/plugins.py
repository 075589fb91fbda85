"""Resource plugins in this clone's Pulumi home: the official one wherever it can be found, else our stand-in."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from offline.environment import environment
from offline.places import PULUMI_HOME, VENV
from offline.progress import Failure
from offline.setup.launchers import write

DOWNLOAD_SECONDS = 60


def tls_version() -> str:
    """Version of the plugin that the installed SDK asks for."""
    (file,) = VENV.glob("lib/python3*/site-packages/pulumi_tls/pulumi-plugin.json")
    plugin: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return plugin["version"]


def ensure_tls(*, download: bool) -> str:
    """Install the tls plugin if it is missing; says what is used. `download`: try the official source first."""
    version = tls_version()
    name = "pulumi-resource-tls"
    installed = PULUMI_HOME / "plugins" / f"resource-tls-v{version}" / name
    found = _official(name, version)
    if found is not None:
        _install(version, found)
        return f"the official tls plugin {version} ({found})"
    if download and _downloaded(version):
        return f"the official tls plugin {version}, downloaded"
    with tempfile.TemporaryDirectory() as folder:
        launcher = Path(folder) / name
        write(launcher, "offline.tls.plugin")
        if not installed.exists() or installed.read_bytes() != launcher.read_bytes():
            _install(version, launcher)
    return f"our stand-in for the tls plugin {version}"


def _official(name: str, version: str) -> Path | None:
    """The plugin from the user's own Pulumi home, or from PATH if it says that it has this version."""
    home = Path.home() / ".pulumi" / "plugins" / f"resource-tls-v{version}" / name
    if home.exists():
        return home
    found = shutil.which(name)
    if found is None:
        return None
    asked = subprocess.run([found, "-version"], capture_output=True, text=True, check=False, timeout=10)
    return Path(found) if asked.stdout.strip().removeprefix("v") == version else None


def _install(version: str, file: Path) -> None:
    done = _pulumi("plugin", "install", "resource", "tls", version, "--file", str(file), "--reinstall")
    if done.returncode != 0:
        message = f"could not install the tls plugin {version} from {file}: {done.stderr.strip()}"
        raise Failure(message)


def _downloaded(version: str) -> bool:
    try:
        return _pulumi("plugin", "install", "resource", "tls", version).returncode == 0
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
