"""Entry point of the pack. The engine's language host starts it from any folder.

The folder is the package `policies` under any name: `pulumi policy publish` packs it under another name, and
no repository is around it on the computer that installs it.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = "policies"


def register() -> None:
    """Make this folder the package `policies`."""
    # The language host puts the folder itself on the path: its modules must not become top-level modules.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    spec = spec_from_file_location(PACKAGE, HERE / "__init__.py", submodule_search_locations=[str(HERE)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{HERE} has no __init__.py: the pack was copied without all of its files")
    package = module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main() -> None:
    """Serve every rule."""
    register()
    from policies.rules import RULES  # noqa: PLC0415 -- only importable once the folder is registered
    from policies.server import serve  # noqa: PLC0415 -- as above

    serve(RULES)


main()
