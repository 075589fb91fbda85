"""The environment in which this clone's `pulumi` runs: private home and state, built programs first on PATH.

What the caller has set for Pulumi stays as it is: a team's own backend, home or passphrase wins.
"""

import os
from collections.abc import Mapping

from workbench.places import LAUNCHERS, PASSPHRASE, PULUMI_HOME, STATE, VENV, programs


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`given` with what is missing in it for `pulumi`, `kubectl`, `etcdctl` and the project's own commands."""
    own = {
        "PULUMI_HOME": str(PULUMI_HOME),
        "PULUMI_BACKEND_URL": STATE.as_uri(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **_passphrase(given),
    }
    if (LAUNCHERS / "pulumi-language-python").exists():
        # Without a download the engine would try, and wait for, each plugin of each installed SDK at every preview.
        own["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    # Compiled modules are kept: four Python processes take part in one update, and each would compile its own again.
    kept = {name: value for name, value in given.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, **kept, "PATH": path(given.get("PATH", os.defpath))}


def path(given: str) -> str:
    """PATH with this clone's folders in front, each once."""
    built = programs()
    front = [str(folder) for folder in (LAUNCHERS, VENV / "bin", built / "bin")]
    rest = [folder for folder in given.split(os.pathsep) if folder and folder not in front]
    return os.pathsep.join(front + rest)


def _passphrase(given: Mapping[str, str]) -> dict[str, str]:
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    return {} if any(name in given for name in names) else {names[1]: str(PASSPHRASE)}
