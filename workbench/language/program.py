"""Runs one Pulumi program; started by the language host with the program's own interpreter."""

import asyncio
import gc
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SHOWN_TO_USER = 32  # exit status for an error that the engine already got


def main() -> int:
    """Configure the SDK from the environment, then run the program named by the first argument."""
    del sys.path[0]  # this folder is not the program's
    gc.disable()  # modules live until the end: looking for garbage takes a quarter of the SDKs' import time
    try:
        import pulumi  # noqa: PLC0415 -- its absence is the user's most likely mistake and gets its own message
        import pulumi.runtime  # noqa: PLC0415
    except ImportError as missing:
        sys.stderr.write(f"{sys.executable} has no package pulumi ({missing}); run `make setup` or `pulumi install`\n")
        return 1
    settings = json.loads(os.environ.pop("QUORATE_PROGRAM"))
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    sys.argv = sys.argv[1:]
    entry = Path(sys.argv[0])
    if entry.is_dir() and not (entry / "__main__.py").exists():
        pulumi.log.error(f"there is no __main__.py in {entry.resolve()}")
        return SHOWN_TO_USER
    # Futures that a failed program leaves behind: its own error, reported below, is the relevant one.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    # Each thread waits for one registration, which ends when the resource exists.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4 * max(settings["parallel"], 1)))
    asyncio.set_event_loop(loop)

    def program() -> None:
        gc.enable()  # the program decides for its own objects
        runpy.run_path(str(entry), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN_TO_USER
    except Exception as error:  # noqa: BLE001 -- the user must see any error of the program
        pulumi.log.error(f"the program failed with an exception:\n{_from_program(error, entry)}")
        return SHOWN_TO_USER
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _from_program(error: Exception, entry: Path) -> str:
    """The traceback from the program's first line on, without our lines and the SDK's above it."""
    frames = traceback.extract_tb(error.__traceback__)
    file = (entry / "__main__.py" if entry.is_dir() else entry).resolve()
    first = next((at for at, frame in enumerate(frames) if Path(frame.filename).resolve() == file), 0)
    return "".join([*traceback.format_list(frames[first:]), *traceback.format_exception_only(error)])


if __name__ == "__main__":
    sys.exit(main())
