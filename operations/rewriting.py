"""Writing objects once more, so that they are stored under the key that encrypts now."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from operations.api import Api

CONNECTIONS = 4
REPORT_SECONDS = 2.0
# A name is all that is answered: no Secret leaves the API servers.
NAME = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
# A patch that changes nothing is written only where the stored form is not the present one: the API server compares
# contents, and treats what another key than the first decrypted as stale (apiserver's etcd3 store, GuaranteedUpdate).
NOTHING = "{}"


def rewrite(kubeconfig: Path, objects: Sequence[str], *, say: Callable[[str], None]) -> None:
    """Patch each `resource/namespace/name` of the core group with nothing; those that are gone by now are passed over.

    Raises `OperationFailed` at the first that cannot be patched.
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
