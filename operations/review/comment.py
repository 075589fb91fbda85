"""Writes the reviews of all environments into one comment on a pull request, updated in place."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, cast

from operations.environment import OperationFailed

MARK = "<!-- quorate review -->"  # identifies the comment for later updates
LONGEST = 65_000  # characters; GitHub refuses comments above 65,536
SECONDS = 30
PAGE = 100  # comments, GitHub's largest page


def text(reviews: Path) -> str:
    """Join every `*.md` below the folder. Raises `OperationFailed` if there is no such file."""
    found = sorted(reviews.rglob("review.md"))
    if not found:
        raise OperationFailed(f"{reviews} holds no review.md; `make review STACK=...` writes one")
    whole = "\n".join(path.read_text(encoding="utf-8") for path in found)
    if len(whole) > LONGEST:
        # Details come after each verdict, so only the least important part of the last environment is cut off.
        whole = f"{whole[:LONGEST]}\n\n…truncated; the complete review is an artifact of this run.\n"
    return f"{MARK}\n{whole}"


class Author(TypedDict):
    """The author of a comment; a workflow's token is a Bot."""

    type: str


class Comment(TypedDict):
    """A comment as GitHub returns it."""

    id: int
    body: str
    html_url: str
    user: Author


def post(body: str, *, number: int, environment: Mapping[str, str] = os.environ) -> str:
    """Write the comment; returns its address. Needs GITHUB_REPOSITORY and GITHUB_TOKEN, as in a workflow."""
    try:
        base = environment.get("GITHUB_API_URL", "https://api.github.com")
        issues = f"{base}/repos/{environment['GITHUB_REPOSITORY']}/issues"
        token = environment["GITHUB_TOKEN"]
    except KeyError as missing:
        raise OperationFailed(f"the variable {missing.args[0]} is not set; a workflow sets it") from None
    known = _own(f"{issues}/{number}/comments", token)
    if known is None:
        written = _ask("POST", f"{issues}/{number}/comments", token, body)
    else:
        written = _ask("PATCH", f"{issues}/comments/{known}", token, body)
    return cast("Comment", written)["html_url"]


def _own(comments: str, token: str) -> int | None:
    page = 1
    while found := cast("list[Comment]", _ask("GET", f"{comments}?per_page={PAGE}&page={page}", token)):
        for comment in found:
            # Another author's comment with the same start must not be overwritten, and GitHub would refuse it.
            if comment["body"].startswith(MARK) and comment["user"]["type"] == "Bot":
                return comment["id"]
        page += 1
    return None


def _ask(method: str, url: str, token: str, body: str | None = None) -> object:
    request = urllib.request.Request(  # noqa: S310 -- the address is the forge's own, from its own variable
        url,
        method=method,
        data=None if body is None else json.dumps({"body": body}).encode(),
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- as above
            found: object = json.load(answer)
    except urllib.error.HTTPError as error:
        raise OperationFailed(f"{method} {url} failed with status {error.code} {error.reason}") from None
    except OSError as error:
        raise OperationFailed(f"{method} {url} failed: {error}") from None
    return found
