"""The node resource against a real SSH server; only the agent behind it is a stand-in."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from provider.hosts.agent_archive import Agent
from provider.hosts.node import NodeKind
from provider.hosts.session import Sessions
from provider.protocol.messages import PartialFailure, Refused, Request
from provider.protocol.values import Properties
from tests.unit.provider.conftest import FAKE_AGENT, SECRET, Engine, inputs
from tests.unit.provider.sshd import Sshd, free_port, keygen, public

Ask = Callable[..., Request]
OLD_PYTHON = (
    'command python3 -c "import runpy, sys; sys.version_info = (3, 9); '
    "runpy.run_path('agent.pyz', run_name='__main__')\""
)


def result(**changed: object) -> dict[str, object]:
    return {"event": "result", "ok": True, "text": "", "changed": [], "member": True, "differences": [], **changed}


def state(sshd: Sshd, **changed: object) -> Properties:
    made: Properties = {**inputs(sshd.connection), "hostKey": public(sshd.host_key), "member": True, "drift": []}
    return {**made, **changed}  # type: ignore[dict-item]


def test_a_new_node_gets_its_files_and_may_begin_a_cluster(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    identity, made = node.create(ask(inputs=inputs(sshd.connection)))
    (report,) = sshd.reports
    assert identity == "cp1"
    assert report.words == ["apply", "--wanted", "wanted"]
    assert json.loads(report.contents["wanted/run.json"]) == {"bootstrap": True}
    listed = {file["path"]: file for file in json.loads(report.contents["wanted/files.json"])}
    key = listed["/etc/etcd/pki/server.key"]
    assert (key["secret"], key["mode"], key["step"]) == (True, 0o600, "etcd")
    assert report.contents[f"wanted/{key['content']}"] == SECRET.encode()
    assert made["member"] is True
    assert made["drift"] == []


def test_what_is_received_is_for_root_only_in_memory_and_gone_afterwards(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    node.create(ask(inputs=inputs(sshd.connection)))
    (report,) = sshd.reports
    assert report.folder.startswith("/run/")
    assert set(report.modes.values()) == {"0o700", "0o600"}
    assert not Path(report.folder).exists()


def test_a_member_never_begins_a_cluster_again(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    node.update(ask(inputs=inputs(sshd.connection), old_inputs=inputs(sshd.connection), state=state(sshd)))
    (report,) = sshd.reports
    assert json.loads(report.contents["wanted/run.json"]) == {"bootstrap": False}


def test_a_member_stays_one_when_its_agent_says_that_it_is_none_now(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.say(result(member=False))
    made = node.update(ask(inputs=inputs(sshd.connection), state=state(sshd)))
    assert made["member"] is True


def test_the_host_key_is_learnt_at_the_first_contact(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    _, made = node.create(ask(inputs=inputs(sshd.connection)))
    assert made["hostKey"] == public(sshd.host_key)


def test_a_host_with_another_key_than_the_learnt_one_gets_nothing(
    node: NodeKind, sshd: Sshd, ask: Ask, tmp_path: Path
) -> None:
    stranger = public(keygen(tmp_path / "stranger"))
    with pytest.raises(Refused, match=r"key differs from the one pinned.*give the node its new key as hostKey"):
        node.update(ask(inputs=inputs(sshd.connection), state=state(sshd, hostKey=stranger)))
    assert sshd.reports == []


def test_a_given_host_key_wins_over_the_learnt_one(node: NodeKind, sshd: Sshd, ask: Ask, tmp_path: Path) -> None:
    stranger = public(keygen(tmp_path / "stranger"))
    given = inputs({**sshd.connection, "hostKey": public(sshd.host_key)})
    made = node.update(ask(inputs=given, state=state(sshd, hostKey=stranger)))
    assert made["hostKey"] == public(sshd.host_key)


def test_a_new_generation_makes_the_next_contact_a_first_one(
    node: NodeKind, sshd: Sshd, ask: Ask, tmp_path: Path
) -> None:
    stranger = public(keygen(tmp_path / "stranger"))
    renewed = inputs(sshd.connection, generation="g2")
    made = node.update(ask(inputs=renewed, state=state(sshd, hostKey=stranger)))
    assert made["hostKey"] == public(sshd.host_key)


def test_a_failure_names_host_and_reason_and_keeps_that_a_member_has_begun(
    node: NodeKind, sshd: Sshd, ask: Ask, engine: Engine
) -> None:
    sshd.say(
        {"event": "step", "step": "etcd", "state": "applying", "text": "", "seconds": 0},
        {"event": "member-begun"},
        {"event": "step", "step": "etcd", "state": "failed", "text": "no leader in 60 s", "seconds": 60},
        result(ok=False, text="no leader in 60 s", member=False),
        exit=1,
    )
    with pytest.raises(PartialFailure, match=r"cp1 \(127.0.0.1\): step etcd: no leader in 60 s") as failed:
        node.create(ask(inputs=inputs(sshd.connection)))
    assert failed.value.id == "cp1"
    assert failed.value.state["member"] is True
    assert failed.value.state["hostKey"] == public(sshd.host_key)
    assert any(line.lasting and "etcd failed: no leader" in line.text for line in engine.lines)


def test_running_steps_are_shown_on_the_row_and_lock_waits_as_lines(
    node: NodeKind, sshd: Sshd, ask: Ask, engine: Engine
) -> None:
    sshd.say(
        {"event": "lock", "state": "waiting", "text": "cp2 has it"},
        {"event": "step", "step": "kubelet", "state": "applying", "text": "restart", "seconds": 0},
        {"event": "step", "step": "kubelet", "state": "done", "text": "", "seconds": 2.345},
        "a line that is no event",
        result(),
    )
    node.create(ask(inputs=inputs(sshd.connection)))
    shown = [(line.text, line.lasting) for line in engine.lines]
    assert ("kubelet applying: restart", False) in shown
    assert ("kubelet done (2.3 s)", False) in shown
    assert ("cp1: waits for the cluster's lock: cp2 has it", True) in shown
    assert "no event" not in engine.text
    assert {line.urn for line in engine.lines} == {"urn:pulumi:test::quorate::quorate:hosts:Node::cp1"}


def test_no_secret_is_in_arguments_environments_temporary_files_or_the_log(
    *, node: NodeKind, sshd: Sshd, ask: Ask, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    sshd.say(1.0, result())
    seen: list[bytes] = []
    working = threading.Thread(target=node.create, args=[ask(inputs=inputs(sshd.connection))])
    working.start()
    while working.is_alive():
        for process in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ"):
                try:
                    seen.append((process / name).read_bytes())
                except OSError:
                    continue
        seen += [path.read_bytes() for path in temporary.rglob("*") if path.is_file()]
        time.sleep(0.2)
    everything = b"\n".join(seen)
    assert b"StrictHostKeyChecking" in everything  # it was looked at while ssh ran
    assert SECRET.encode() not in everything
    assert SECRET not in engine.text
    assert list(temporary.iterdir()) == []


def test_a_host_that_is_not_there_is_named_with_what_was_tried(sessions: Sessions, sshd: Sshd, ask: Ask) -> None:
    node = NodeKind(Agent(FAKE_AGENT), sessions, reach=1.5)
    nobody = {**sshd.connection, "port": free_port()}
    with pytest.raises(Refused, match=r"cp1 .* cannot be reached: .*refused .*tried \d times in \d s"):
        node.create(ask(inputs=inputs(nobody)))


def test_a_host_that_is_still_starting_is_waited_for(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.stop()
    later = threading.Timer(1.2, sshd.start)
    later.start()
    try:
        _, made = node.create(ask(inputs=inputs(sshd.connection)))
    finally:
        later.join()
    assert made["member"] is True


def test_a_host_that_accepts_and_says_nothing_is_given_up(
    node: NodeKind, sshd: Sshd, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provider.hosts.openssh.CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = node.read(
            ask(inputs=inputs({**sshd.connection, "port": silent.getsockname()[1]}), state=state(sshd))
        ).state
    assert "cannot be reached" in str(found["drift"])


def test_a_refused_key_says_which_user_and_which_key(node: NodeKind, sshd: Sshd, ask: Ask, tmp_path: Path) -> None:
    other = {**sshd.connection, "privateKeyPath": str(keygen(tmp_path / "other"))}
    with pytest.raises(Refused, match=rf"refuses the key {tmp_path}/other: .*Permission denied"):
        node.create(ask(inputs=inputs(other)))


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("echo 'sudo: a password is required' >&2; exit 1", "sudo refuses: sudo: a password is required.*NOPASSWD"),
        ("PATH=/nowhere; eval", "there is no python3"),
        (f"python3() {{ {OLD_PYTHON}; }}; eval", "python3 is older than 3.11"),
    ],
)
def test_a_host_that_cannot_run_the_agent_says_what_is_missing(
    *, node: NodeKind, start_sshd: Callable[..., Sshd], ask: Ask, before: str, says: str, tmp_path: Path
) -> None:
    # The remote command is `sh -c '...'`: its inner text runs in the surroundings that the test sets up.
    force = tmp_path / "force"
    inner = 'eval "set -- $SSH_ORIGINAL_COMMAND"; '
    force.write_text(f'#!/bin/sh\n{inner}{before} "$3"\n' if before.endswith("eval") else f"#!/bin/sh\n{before}\n")
    force.chmod(0o755)
    host = start_sshd(f"ForceCommand {force}")
    with pytest.raises(Refused, match=f"cp1 .*{says}"):
        node.create(ask(inputs=inputs(host.connection)))


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    node: NodeKind, start_sshd: Callable[..., Sshd], ask: Ask, tmp_path: Path
) -> None:
    force = tmp_path / "force"
    force.write_text(
        '#!/bin/sh\nexec unshare -m sh -c \'mount -t tmpfs -o size=64k none /run; eval "$SSH_ORIGINAL_COMMAND"; '
        f"s=$?; ls /run > {tmp_path}/left; exit $s'\n"
    )
    force.chmod(0o755)
    host = start_sshd(f"ForceCommand {force}")
    large = {"/etc/large": {"content": "x" * 200_000, "mode": 0o644, "step": "system"}}
    with pytest.raises(Refused, match=r"cp1 .*unpacked in /run, most likely because it is full"):
        node.create(ask(inputs=inputs(host.connection, files=large)))
    assert (tmp_path / "left").read_text() == ""


def test_a_connection_that_breaks_says_at_which_step_and_that_a_second_run_continues(
    node: NodeKind, start_sshd: Callable[..., Sshd], ask: Ask
) -> None:
    host = start_sshd()
    host.say(
        {"event": "member-begun"},
        {"event": "step", "step": "etcd", "state": "verifying", "text": "", "seconds": 0},
        30,
    )

    def cut() -> None:
        while not host.reports:
            time.sleep(0.05)
        time.sleep(0.2)
        for status in Path("/proc").glob("[0-9]*/environ"):
            try:
                ours = f"QUORATE_TEST={host.place}".encode() in status.read_bytes()
                if ours:
                    parent = int((status.parent / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    if b"sshd" in Path(f"/proc/{parent}/cmdline").read_bytes():
                        os.kill(parent, 9)
            except OSError:
                continue

    threading.Thread(target=cut).start()
    with pytest.raises(
        PartialFailure, match=r"connection was lost while step etcd was verifying.*it continues"
    ) as failed:
        node.create(ask(inputs=inputs(host.connection)))
    assert failed.value.state["member"] is True


def test_cancel_ends_the_session_at_once_and_keeps_what_is_known(
    node: NodeKind, sshd: Sshd, ask: Ask, sessions: Sessions
) -> None:
    sshd.say({"event": "member-begun"}, 30, result())
    began = time.monotonic()

    def cancel() -> None:
        while not sshd.reports:
            time.sleep(0.05)
        time.sleep(0.2)
        sessions.end()

    threading.Thread(target=cancel).start()
    with pytest.raises(PartialFailure, match=r"cp1: cancelled while .*a second update continues") as failed:
        node.create(ask(inputs=inputs(sshd.connection)))
    assert time.monotonic() - began < 5
    assert failed.value.state["member"] is True


def test_an_agent_that_never_ends_is_given_up_at_the_time_limit(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.say({"event": "step", "step": "runtime", "state": "applying", "text": "", "seconds": 0}, 30, result())
    with pytest.raises(PartialFailure, match=r"not finished after 8 s, while step runtime was applying"):
        node.create(ask(inputs=inputs(sshd.connection), seconds=8.0))


def test_an_agent_that_crashes_is_told_with_its_last_words(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.say(errors="OSError: something unforeseen", exit=1)
    with pytest.raises(PartialFailure, match=r"ended without a result.*OSError: something unforeseen"):
        node.create(ask(inputs=inputs(sshd.connection)))


def test_a_refresh_keeps_what_the_agent_finds_as_drift(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.say(
        result(differences=[{"step": "etcd", "what": "/etc/etcd/cluster.env", "wanted": "sha256 a", "found": "none"}])
    )
    found = node.read(ask(inputs=inputs(sshd.connection), state=state(sshd))).state
    assert sshd.reports[0].words == ["check", "--wanted", "wanted"]
    assert found["drift"] == ["etcd: /etc/etcd/cluster.env: none instead of sha256 a"]


def test_a_refresh_of_a_dead_machine_is_drift_and_the_same_every_time(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.stop()
    first, second = (node.read(ask(inputs=inputs(sshd.connection), state=state(sshd))).state for _ in range(2))
    assert "cannot be reached" in str(first["drift"])
    assert first == second


def test_delete_tells_the_agent_to_leave_without_sending_any_file(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    node.delete(ask(old_inputs=inputs(sshd.connection), state=state(sshd)))
    (report,) = sshd.reports
    assert report.words == ["leave"]
    assert set(report.contents) == {"agent.pyz"}


def test_a_node_that_may_not_leave_stays(node: NodeKind, sshd: Sshd, ask: Ask) -> None:
    sshd.say(result(ok=False, text="two members are left and one of them is down"), exit=1)
    with pytest.raises(Refused, match=r"cp1 .*two members are left"):
        node.delete(ask(old_inputs=inputs(sshd.connection), state=state(sshd)))


def test_a_dead_machine_is_removed_with_a_warning_about_its_disk(
    node: NodeKind, sshd: Sshd, ask: Ask, engine: Engine
) -> None:
    sshd.stop()
    node.delete(ask(old_inputs=inputs(sshd.connection), state=state(sshd)))
    assert any(line.warning and "wipe its disk" in line.text for line in engine.lines)
