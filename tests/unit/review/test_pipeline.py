"""What the pipelines rely on: one comment, overrides that end, certificates that end, workflows that are sound."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from operations import expiry
from operations.environment import OperationFailed
from operations.review import comment
from operations.review.allowances import allowances

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github").rglob("*.yml"))
TODAY = date(2026, 11, 21)


class Forge(BaseHTTPRequestHandler):
    """Keeps comments as GitHub does; one of somebody else begins like ours."""

    comments: list[dict[str, object]] = []  # noqa: RUF012 -- one forge for each test

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(self.comments if "page=1" in self.path.split("&") else [])

    def do_POST(self) -> None:
        self.comments.append({"id": len(self.comments), "user": {"type": "Bot"}, "html_url": "there", **self._body()})
        self._answer(self.comments[-1])

    def do_PATCH(self) -> None:
        self.comments[int(self.path.rsplit("/", 1)[-1])].update(self._body())
        self._answer({"html_url": "there"})

    def _body(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, found: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())


@pytest.fixture
def forge() -> Iterator[dict[str, str]]:
    Forge.comments = [{"id": 0, "user": {"type": "User"}, "html_url": "", "body": f"{comment.MARK} not ours"}]
    server = HTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield {"GITHUB_API_URL": address, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"}
    server.shutdown()


def test_a_second_review_updates_the_comment_of_the_first(forge: dict[str, str]) -> None:
    comment.post(f"{comment.MARK}\nfirst", number=7, environment=forge)
    comment.post(f"{comment.MARK}\nsecond", number=7, environment=forge)
    assert [one["body"] for one in Forge.comments] == [f"{comment.MARK} not ours", f"{comment.MARK}\nsecond"]


def test_the_comment_holds_every_environment_and_fits(tmp_path: Path) -> None:
    for stack in ("dev", "prod"):
        (tmp_path / f"review-{stack}").mkdir()
        (tmp_path / f"review-{stack}" / "review.md").write_text(f"## {stack}\n" + "x" * 40_000)
    text = comment.text(tmp_path)
    assert text.startswith(comment.MARK)
    assert "## dev" in text
    assert "## prod" in text
    assert len(text) < 65_536


def entries(folder: Path, **changed: str) -> Path:
    entry = {"stack": "prod", "guard": "one-member", "reason": "new size", "until": "2026-11-28", **changed}
    file = folder / "allowances.json"
    file.write_text(json.dumps([entry]))
    return file


def test_an_override_of_this_week_counts_for_its_stack_only(tmp_path: Path) -> None:
    file = entries(tmp_path)
    assert allowances("prod", file=file, today=TODAY) == {"one-member": "new size (until 2026-11-28)"}
    assert allowances("dev", file=file, today=TODAY) == {}


def test_an_override_that_has_ended_is_none(tmp_path: Path) -> None:
    assert allowances("prod", file=entries(tmp_path, until="2026-11-20"), today=TODAY) == {}


@pytest.mark.parametrize("changed", [{"until": "2027-11-21"}, {"reason": " "}, {"until": "soon"}])
def test_an_override_for_ever_or_for_no_reason_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    with pytest.raises(OperationFailed):
        allowances("prod", file=entries(tmp_path, **changed), today=TODAY)


def test_certificates_are_told_in_the_order_in_which_they_end() -> None:
    def certificate(name: str, end: str, **more: object) -> dict[str, object]:
        return {"type": expiry.TYPES[0], "urn": f"urn:x::{name}", "outputs": {"validityEndTime": end}, **more}

    resources = [
        certificate("later", "2027-11-21T00:00:00Z"),
        certificate("sooner", "2026-12-01T00:00:00+00:00"),
        certificate("former", "2026-11-01T00:00:00Z", delete=True),
        {"type": "pulumi:pulumi:Stack", "urn": "urn:x::s"},
    ]
    found = expiry.endings(json.dumps({"deployment": {"resources": resources}}), now=datetime(2026, 11, 21, tzinfo=UTC))
    assert [(one.name, one.days) for one in found] == [("sooner", 10), ("later", 365)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name + "/" + path.name)
def test_actions_of_others_are_pinned_by_commit(path: Path) -> None:
    for used in re.findall(r"uses: (.+)", path.read_text()):
        assert re.fullmatch(r"\./.*|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name + "/" + path.name)
def test_every_shell_step_is_a_make_target_that_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    steps = re.findall(r"^\s*-? *run: (.+)$", path.read_text(), re.MULTILINE)
    assert all(step.startswith("make ") and step.split()[1] in targets for step in steps), steps


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_no_workflow_runs_foreign_code_with_rights(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert "pull_request_target" not in path.read_text()
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in path.read_text()
    for name, job in workflow["jobs"].items():
        if "id-token" in job.get("permissions", {}):
            assert "environment" in job, name
            fork = "head.repo.full_name == github.repository"
            assert path.name != "pull-request.yml" or fork in job["if"], name


def test_every_committed_environment_is_previewed_updated_and_looked_at() -> None:
    done = subprocess.run(["git", "ls-files", "Pulumi.*.yaml"], cwd=ROOT, capture_output=True, text=True, check=False)
    stacks = {name.split(".")[1] for name in done.stdout.split()}
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            if matrix := job.get("strategy", {}).get("matrix"):
                assert stacks <= set(matrix["stack"]), path.name


def test_the_workflows_pass_actionlint() -> None:
    if shutil.which("go") is None:
        pytest.skip("needs Go to build actionlint")
    done = subprocess.run([ROOT / ".ci" / "workflows"], capture_output=True, text=True, check=False)
    if "dial tcp" in done.stderr or "proxyconnect" in done.stderr:
        pytest.skip("actionlint's modules cannot be downloaded here")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_gate_opens_only_when_everything_has_succeeded() -> None:
    def gate(*results: str) -> int:
        return subprocess.run([ROOT / ".ci" / "gate", *results], capture_output=True, check=False).returncode

    assert gate("success", "success") == 0
    assert all(gate("success", other) for other in ("failure", "skipped", "cancelled"))
    assert gate()
