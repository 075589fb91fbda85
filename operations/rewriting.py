"""Rewrites objects, so that they are stored under the current encryption key."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from operations.api import Api

CONNECTIONS = 4
REPORT_SECONDS = 2.0
# The response contains only the name: no Secret leaves the API servers.
NAME = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
# The API server writes an empty patch only if the stored form is outdated: it compares contents, and treats what
# another key than the first decrypted as stale (apiserver's etcd3 store, GuaranteedUpdate).
NOTHING = "{}"


def rewrite(kubeconfig: Path, objects: Sequence[str], *, say: Callable[[str], None]) -> None:
    """Send an empty patch to each `resource/namespace/name` of the core group; skips objects that no longer exist.

    Raises `OperationFailed` at the first object that cannot be patched.
    """
    own, done, told, turn = threading.local(), 0, time.monotonic(), threading.Lock()

    def patch(name: str) -> None:
        nonlocal done, told
        if not hasattr(own, "api"):
            own.api = Api(kubeconfig)
        resource, namespace, last = name.split("/")
        own.api.patch(f"/api/v1/namespaces/{namespace}/{resource}/{last}", NOTHING, accept=NAME)
        with turn:
            done += 1
            if time.monotonic() - told > REPORT_SECONDS:
                say(f"{done} of {len(objects)} objects")
                told = time.monotonic()

    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        for _ in pool.map(patch, objects):
            pass
