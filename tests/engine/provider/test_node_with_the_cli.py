"""What `pulumi` itself shows and keeps of a node."""

import json
import signal
import time

from tests.engine.provider.project import Project
from tests.unit.provider.sshd import Sshd, public

SECRET = "the-private-half-7c41"


def result(**changed: object) -> dict[str, object]:
    return {"event": "result", "ok": True, "text": "", "changed": [], "member": True, "differences": [], **changed}


def bootstraps(sshd: Sshd) -> list[bool]:
    return [json.loads(r.contents["wanted/run.json"])["bootstrap"] for r in sshd.reports if r.words[0] == "apply"]


def test_a_node_is_made_changed_and_destroyed_and_nothing_changes_in_between(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    sshd.say({"event": "lock", "state": "waiting", "text": "cp2 has it"}, result())

    first = project.preview()
    assert (first.status, sshd.reports) == (0, [])  # a preview contacts nobody

    made = project.up()
    assert made.status == 0, made.text
    assert "cp1: waits for the cluster's lock: cp2 has it" in made.text
    assert project.state("cp1")["hostKey"] == public(sshd.host_key)

    again = project.preview("--expect-no-changes")
    assert again.status == 0, again.text

    project.nodes["cp1"]["files"] = {"/etc/hosts.quorate": {"content": "two\n", "mode": 0o644, "step": "system"}}
    shown = project.preview("--diff")
    assert "/etc/hosts.quorate" in shown.text
    assert "1 to update" in shown.text
    assert project.up().status == 0
    assert bootstraps(sshd) == [True, False]

    gone = project.pulumi("destroy", "--yes", "--stack", "test")
    assert gone.status == 0, gone.text
    assert sshd.reports[-1].words == ["leave"]


def test_a_failed_node_is_kept_with_its_membership_and_a_second_up_continues(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    failing = {"event": "step", "step": "etcd", "state": "failed", "text": "no leader", "seconds": 1}
    sshd.say({"event": "member-begun"}, failing, result(ok=False, text="no leader", member=False), exit=1)
    failed = project.up()
    assert failed.status != 0
    assert "cp1 (127.0.0.1): step etcd: no leader" in failed.text
    assert project.state("cp1")["member"] is True

    sshd.say(result())
    assert project.up().status == 0
    assert bootstraps(sshd) == [True, False]
    assert project.preview("--expect-no-changes").status == 0


def test_no_output_of_the_cli_shows_a_secret(project: Project, sshd: Sshd) -> None:
    secret = {"content": SECRET, "mode": 0o600, "step": "etcd"}
    project.nodes = {"cp1": project.node(sshd, secrets={"/etc/etcd/pki/server.key": secret})}
    texts = [project.preview("--diff").text, project.up("--diff").text]
    secret["content"] = f"{SECRET}-new"
    texts += [project.preview("--diff").text, project.preview("--json").text, project.up("--diff").text]
    texts += [project.pulumi(*words, "--stack", "test").text for words in (["stack", "export"], ["stack", "output"])]
    secret["mode"] = 0o644
    refused = project.preview()
    assert "lets every user of the host read a secret" in refused.text
    for text in (*texts, refused.text):
        assert SECRET not in text
    assert "/etc/etcd/pki/server.key" in texts[2]  # but which file it is
    received = [content for report in sshd.reports for content in report.contents.values()]
    assert f"{SECRET}-new".encode() in received


def test_every_problem_of_a_node_is_told_at_once_and_nothing_is_made(project: Project, sshd: Sshd) -> None:
    broken = project.node(
        sshd, connection={"address": "no host", "port": 70000, "user": "root", "privateKeyPath": "/nowhere/key"}
    )
    broken["files"] = {"relative": {"content": "", "mode": 0o644, "step": "system"}}
    project.nodes = {"cp1": broken}
    refused = project.preview()
    assert refused.status != 0
    for told in ("connection.address", "70000", "/nowhere/key cannot be read", 'files["relative"]'):
        assert told in refused.text
    assert sshd.reports == []


def test_drift_that_a_refresh_finds_is_mended_by_the_next_up(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    assert project.up().status == 0
    sshd.say(result(differences=[{"step": "etcd", "what": "unit", "wanted": "active", "found": "failed"}]))
    assert project.pulumi("refresh", "--yes", "--stack", "test").status == 0
    assert project.state("cp1")["drift"] == ["etcd: unit: failed instead of active"]
    assert "1 to update" in project.preview().text
    sshd.say(result())
    assert project.up().status == 0
    assert project.preview("--expect-no-changes").status == 0


def test_the_refresh_of_a_dead_machine_succeeds_and_says_so(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    assert project.up().status == 0
    sshd.stop()
    refreshed = project.pulumi("refresh", "--yes", "--stack", "test")
    assert refreshed.status == 0, refreshed.text
    assert "cannot be reached" in str(project.state("cp1")["drift"])


def test_a_value_that_is_not_known_yet_is_previewed_without_being_refused(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd), "cp2": project.node(sshd, hostKeyOf="cp1")}
    shown = project.preview()
    assert shown.status == 0, shown.text
    made = project.up()
    assert made.status == 0, made.text
    assert project.state("cp2")["hostKey"] == public(sshd.host_key)


def test_another_name_is_another_node_and_the_old_one_leaves_first(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    assert project.up().status == 0
    project.nodes["cp1"]["as"] = "renamed"
    assert project.up().status == 0
    assert [report.words[0] for report in sshd.reports] == ["apply", "leave", "apply"]
    assert bootstraps(sshd) == [True, True]


def test_a_changed_agent_is_an_update(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    assert project.up().status == 0
    with (project.folder / "agent/__main__.py").open("a") as source:
        source.write("# another agent\n")
    shown = project.preview("--diff")
    assert "1 to update" in shown.text
    assert "agent" in shown.text


def test_an_interrupted_up_ends_at_once_and_the_next_one_continues(project: Project, sshd: Sshd) -> None:
    project.nodes = {"cp1": project.node(sshd)}
    sshd.say({"event": "member-begun"}, 60, result())
    running = project.start("up", "--yes", "--skip-preview", "--stack", "test")
    while not sshd.reports:
        time.sleep(0.1)
    time.sleep(0.5)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    text, _ = running.communicate(timeout=30)
    assert time.monotonic() - began < 15
    assert "cancelled" in text
    assert project.state("cp1")["member"] is True
    sshd.say(result())
    assert project.up().status == 0
    assert bootstraps(sshd) == [True, False]
