"""The artifact store: nothing is installed that is not byte for byte what was announced."""

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.artifacts import Store
from agent.model.failure import Failed
from agent.model.programs import Artifact
from agent.system import proxy
from tests.unit.agent.place import Place

CONTENT = b"a program" * 200_000


class Answering(http.server.SimpleHTTPRequestHandler):
    """A web server that understands ranges; `cut` stops the next answer after that many bytes."""

    cut: int | None = None
    asked: list[str | None] = []  # noqa: RUF012  one server for one test

    def do_GET(self) -> None:
        kind = type(self)
        kind.asked.append(self.headers.get("Range"))
        file = Path(self.translate_path(self.path))
        if not file.exists():
            self.send_error(404)
            return
        content = file.read_bytes()
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        cut, kind.cut = kind.cut, None
        self.wfile.write(content[start:] if cut is None else content[start : start + cut])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it
        """Say nothing."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of the folder `store`."""
    (tmp_path / "store/bin").mkdir(parents=True)
    (tmp_path / "store/bin/tool").write_bytes(CONTENT)
    Answering.cut, Answering.asked = None, []
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Answering, directory=str(tmp_path / "store"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def artifact(content: bytes = CONTENT) -> Artifact:
    return Artifact(path="bin/tool", sha256=hashlib.sha256(content).hexdigest(), kind="binary")


def folder(place: Place) -> Store:
    place.file("/opt/store/bin").mkdir(parents=True)
    place.file("/opt/store/bin/tool").write_bytes(CONTENT)
    return Store("file:///opt/store", place.host)


def test_a_file_of_a_folder_is_installed_executable(place: Place) -> None:
    target = place.file("/usr/local/bin/tool")
    folder(place).fetch(artifact(), target, mode=0o755)
    assert target.read_bytes() == CONTENT
    assert target.stat().st_mode & 0o777 == 0o755


def test_another_content_is_refused_with_both_digests_and_leaves_the_old_program_in_place(place: Place) -> None:
    target = place.file("/usr/local/bin/tool")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"old")
    other = artifact(b"announced")
    with pytest.raises(Failed) as failed:
        folder(place).fetch(other, target, mode=0o755)
    for said in ("bin/tool", other.sha256, hashlib.sha256(CONTENT).hexdigest()):
        assert said in str(failed.value)
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["tool"]


def test_a_file_that_the_store_does_not_have_is_named(place: Place) -> None:
    store = folder(place)
    place.file("/opt/store/bin/tool").unlink()
    with pytest.raises(Failed, match="bin/tool"):
        store.fetch(artifact(), place.file("/usr/local/bin/tool"), mode=0o755)
    with pytest.raises(Failed, match="is not in the store"):
        store.local(artifact())


def test_a_download_that_was_cut_continues_where_it_stopped(place: Place, web: str) -> None:
    Answering.cut = 1_000_000
    target = place.file("/usr/local/bin/tool")
    with pytest.raises(Failed, match="does not have the announced content"):
        # a cut that looks like an orderly end: the digest tells
        Store(web, place.host).fetch(artifact(CONTENT + b"more"), target, mode=0o755)
    draft = target.with_name(f".tool.{artifact().sha256[:12]}.part")
    draft.write_bytes(CONTENT[:1_000_000])
    Store(web, place.host).fetch(artifact(), target, mode=0o755)
    assert Answering.asked[-1] == "bytes=1000000-"
    assert target.read_bytes() == CONTENT


def test_a_verified_download_of_an_image_is_kept_for_the_import(place: Place, web: str) -> None:
    store = Store(web, place.host)
    first = store.local(artifact())
    assert first.read_bytes() == CONTENT
    assert store.local(artifact()) == first
    assert len(Answering.asked) == 1


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "no HTTP proxy is set: if nodes reach other networks only through one, set `proxy.http`"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, "through the proxy http://127.0.0.1:9: check the setting `proxy`"),
    ],
)
def test_a_store_that_cannot_be_reached_says_whether_a_proxy_is_set(
    place: Place, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("agent.artifacts.ATTEMPTS", 1)
    for name, value in variables.items():  # what `proxy.use` sets, taken back at the end of the test
        monkeypatch.setenv(name, "")
        monkeypatch.setenv(name.lower(), "")
        proxy.use([(name, value)])
    artifact = Artifact(path="bin/tool", sha256="0" * 64, kind="binary")
    with pytest.raises(Failed, match="cannot be read from the store") as failed:
        Store("https://127.0.0.1:9/store", place.host).fetch(artifact, place.file("/tool"), mode=0o755)
    assert says in str(failed.value)
