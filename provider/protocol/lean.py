"""Engine messages without the SDK around them, for processes that only serve the engine.

`import pulumi` runs the whole SDK (0.1 s per process here, and four processes take part in one update); a plugin
needs only the generated message types in `pulumi.runtime.proto`.
"""

import importlib.util
import sys
from types import ModuleType


def skip_sdk() -> None:
    """Let `pulumi.runtime.proto` be imported without running `pulumi` itself. For a plugin's own process only."""
    if "pulumi" in sys.modules:
        return
    found = importlib.util.find_spec("pulumi")
    if found is None or not found.submodule_search_locations:
        return
    (folder,) = found.submodule_search_locations
    for name, place in (("pulumi", folder), ("pulumi.runtime", f"{folder}/runtime")):
        package = ModuleType(name)
        package.__path__ = [place]
        sys.modules[name] = package
