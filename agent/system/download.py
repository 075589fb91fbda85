"""Downloads that resume where they were interrupted."""

import http.client
import os
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 30.0  # seconds without receiving a byte


def download(source: str | Request, draft: Path) -> None:
    """Download the file at the address into `draft`, after the bytes that it already has. Raises OSError."""
    have = draft.stat().st_size if draft.exists() else 0
    request = source if isinstance(source, Request) else Request(source)  # noqa: S310  the plan's own URL
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  as above
            resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
            with draft.open("ab" if resumed else "wb") as target:
                shutil.copyfileobj(answer, target)
                target.flush()
                os.fsync(target.fileno())
    except HTTPError as error:
        # nothing left to send: the draft is complete
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
