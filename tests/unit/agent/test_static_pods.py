"""Static pods as processes, compared with their manifests."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.kubernetes.dependent import Dependent
from agent.kubernetes.retirement import retire
from agent.kubernetes.static_pods import command, is_alive, manifest_digest, problem, processes
from tests.unit.agent.place import Place

# a name that no other process of this computer has
COMPONENT = f"scheduler-{os.getpid()}"
MANIFEST = """apiVersion: v1
kind: Pod
metadata:
  annotations:
    quorate/read-at-start: {annotation}
  name: {component}
spec:
  containers:
  - command:
    - {component}
    - --profiling=false
    - "--bind-address=::1"
    image: registry.k8s.io/{component}:v1.36.3
    livenessProbe:
      failureThreshold: 8
"""
WORDS = (COMPONENT, "--profiling=false", "--bind-address=::1")
# lives until it is asked twice, the way an API server with open watches does
STUBBORN = """
import os, signal, time
asked = 0
def ask(*_):
    global asked
    asked += 1
    if asked == {patience}:
        os._exit(1)  # at once, as the API server does: a third signal must not meet a Python that is ending
signal.signal(signal.SIGTERM, ask)
print("ready", flush=True)
while True:
    time.sleep(0.01)
"""


@pytest.fixture
def running(place: Place) -> Iterator[list[subprocess.Popen[str]]]:
    """Real processes, shown in the machine's /proc."""
    place.file("/proc").rmdir()
    place.file("/proc").symlink_to("/proc")
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(running: list[subprocess.Popen[str]], *words: str, patience: int = 1) -> subprocess.Popen[str]:
    code = STUBBORN.format(patience=patience)
    program = ["bash", "-c", f'exec -a "$0" {sys.executable} -c "$1" "${{@:2}}"', words[0], code, *words[1:]]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    running.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def write(place: Place, annotation: str = "1") -> None:
    path = place.file(f"/etc/kubernetes/manifests/{COMPONENT}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MANIFEST.format(annotation=annotation, component=COMPONENT))


def test_the_command_is_read_from_a_manifest_as_kubeadm_writes_it() -> None:
    assert command(MANIFEST.format(annotation="1", component=COMPONENT)) == WORDS
    assert command("kind: Pod\n") == ()


def test_a_pod_without_a_manifest_or_without_a_process_is_reported(place: Place) -> None:
    assert problem(place.host, COMPONENT, known={}) == f"{COMPONENT} has no manifest"
    write(place)
    assert problem(place.host, COMPONENT, known={}) == f"{COMPONENT} is not running"


def test_a_process_with_other_arguments_than_the_manifest_is_not_the_wanted_one(
    place: Place, running: list[subprocess.Popen[str]]
) -> None:
    write(place)
    start(running, *WORDS)
    seen = problem(place.host, COMPONENT, known={})
    assert seen == f"{COMPONENT} runs with arguments that differ from its manifest"


def test_a_process_is_recognised_for_as_long_as_it_lives(place: Place, running: list[subprocess.Popen[str]]) -> None:
    child = start(running, COMPONENT)
    [process] = [p for p in processes(place.host, COMPONENT) if p.pid == child.pid]
    assert is_alive(place.host, process)
    child.kill()
    child.wait()
    assert not is_alive(place.host, process)


def test_a_process_of_the_previous_manifest_is_not_taken_for_the_new_one(
    place: Place, running: list[subprocess.Popen[str]]
) -> None:
    write(place, "1")
    child = start(running, COMPONENT)
    [process] = [p for p in processes(place.host, COMPONENT) if p.pid == child.pid]
    known = {COMPONENT: f"{manifest_digest(place.host, COMPONENT)} {process.identity}"}
    write(place, "2")
    assert problem(place.host, COMPONENT, known=known) == f"{COMPONENT} still runs under its previous manifest"


def test_a_server_that_waits_for_its_watches_is_asked_a_second_time_once_its_port_is_closed(
    place: Place, running: list[subprocess.Popen[str]]
) -> None:
    child = start(running, COMPONENT, patience=2)
    old = [p for p in processes(place.host, COMPONENT) if p.pid == child.pid]
    began = time.monotonic()
    open_until = began + 0.5
    retire(old, alive=lambda _: child.poll() is None, listens=lambda: time.monotonic() < open_until)
    assert time.monotonic() - began > 1.0
    assert child.returncode == 1


def test_a_process_that_does_not_listen_to_signals_is_killed_at_last(
    place: Place, running: list[subprocess.Popen[str]]
) -> None:
    child = start(running, COMPONENT, patience=1_000_000)
    old = [p for p in processes(place.host, COMPONENT) if p.pid == child.pid]
    retire(old, alive=lambda _: child.poll() is None, listens=lambda: True, patience=0.3)
    assert child.returncode == -9


def test_an_api_server_leaves_with_its_member_only_where_it_asks_that_member_alone(
    place: Place, running: list[subprocess.Popen[str]]
) -> None:
    every = start(running, COMPONENT, "--etcd-servers=https://10.88.0.11:2379,https://10.88.0.12:2379")
    dependent = Dependent(place.host, "127.0.0.1", program=COMPONENT)
    assert not dependent.leave()
    own = start(running, COMPONENT, "--etcd-servers=https://127.0.0.1:2379")
    reaper = threading.Thread(target=own.wait)
    reaper.start()
    assert dependent.leave()
    reaper.join()
    assert (every.poll(), own.returncode) == (None, 1)


def test_unreadable_entries_of_proc_are_passed_over(place: Place) -> None:
    (place.file("/proc") / "123").mkdir()
    assert processes(place.host, COMPONENT) == []
    assert Path("/proc").exists()
