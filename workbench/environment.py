"""The environment in which this clone's `pulumi` runs: private home and state, built programs first on PATH.

The caller's backend or passphrase takes precedence. PULUMI_HOME is always the clone's: set-up installs plugins there,
and a command with another home would not find them.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from workbench.places import LAUNCHERS, PASSPHRASE, PULUMI_HOME, STATE, VENV, programs


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`given`, completed for `pulumi`, `kubectl`, `etcdctl` and the project's own commands."""
    own = {
        "PULUMI_BACKEND_URL": STATE.as_uri(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **_passphrase(given),
    }
    if (LAUNCHERS / "pulumi-language-python").exists():
        # With downloads enabled, the engine would try to fetch each plugin of each installed SDK at every preview.
        own["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    # Compiled modules are kept: an update runs four Python processes, and each would compile its modules again.
    kept = {name: value for name, value in given.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, **kept, "PULUMI_HOME": str(PULUMI_HOME), "PATH": path(given.get("PATH", os.defpath))}


def other_login(given: Mapping[str, str], home: Path | None = None) -> str:
    """A note for a caller who is logged in to another backend than the clone's; empty if there is no such login."""
    if "PULUMI_BACKEND_URL" in given:
        return ""
    folder = home or Path(given.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        login: object = json.loads((folder / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    current = login.get("current") if isinstance(login, dict) else None
    if not isinstance(current, str) or not current or current == STATE.as_uri():
        return ""
    return (
        f"note: this command uses the clone's own state, {STATE.as_uri()}, and not {_without_user(current)}, which"
        " `pulumi login` has chosen; export PULUMI_BACKEND_URL to use that"
    )


def _without_user(url: str) -> str:
    """The URL without a name or password before its host."""
    scheme, mark, rest = url.partition("://")
    authority, slash, tail = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{tail}"


def path(given: str) -> str:
    """PATH with this clone's folders in front, each once."""
    built = programs()
    front = [str(folder) for folder in (LAUNCHERS, VENV / "bin", built / "bin")]
    rest = [folder for folder in given.split(os.pathsep) if folder and folder not in front]
    return os.pathsep.join(front + rest)


def _passphrase(given: Mapping[str, str]) -> dict[str, str]:
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    return {} if any(name in given for name in names) else {names[1]: str(PASSPHRASE)}
