"""A copy of the folder alone, under another name and without the repository, is a whole pack."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.rules import RULES
from tests.policy.messages import whole
from tests.policy.stacks import BAD, GOOD, load
from tests.policy.test_process import START_SECONDS, first_line

ROOT = Path(__file__).resolve().parents[2]
IGNORED = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The copy as the CLI installs it: packed, unpacked into a folder called `package`, started from elsewhere."""
    place = tmp_path_factory.mktemp("installed")
    shutil.copytree(ROOT / "policies", place / "source" / "anything", ignore=IGNORED)
    with tarfile.open(place / "pack.tgz", "w:gz") as archive:
        archive.add(place / "source" / "anything", arcname="package")
    with tarfile.open(place / "pack.tgz") as archive:
        archive.extractall(place / "installed", filter="data")
    shutil.rmtree(place / "source")
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(place / "installed" / "package")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=place, env=environment)
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(first_line(process.stdout))}") as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)
    process.terminate()
    assert process.wait(timeout=START_SECONDS) == 0


def test_the_copy_offers_every_rule(stub: analyzer_pb2_grpc.AnalyzerStub) -> None:
    assert [policy.name for policy in stub.GetAnalyzerInfo(empty_pb2.Empty()).policies] == [rule.id for rule in RULES]


def test_the_copy_refuses_a_bad_stack_and_passes_a_good_one(stub: analyzer_pb2_grpc.AnalyzerStub) -> None:
    bad = stub.AnalyzeStack(whole(load(BAD / "P01-four-members.yaml"))).diagnostics
    assert "P01" in {d.policyName for d in bad if d.enforcementLevel == pb.MANDATORY}
    good = stub.AnalyzeStack(whole(load(GOOD / "aws.yaml"))).diagnostics
    assert [d.policyName for d in good if d.enforcementLevel == pb.MANDATORY] == []


def test_the_copy_names_what_it_imports_with_the_versions_of_the_project() -> None:
    pinned = re.compile(r"^([a-z-]+)==([\w.]+)", re.MULTILINE)
    project = dict(pinned.findall((ROOT / "requirements.in").read_text()))
    pack = dict(pinned.findall((ROOT / "policies" / "requirements.txt").read_text()))
    assert pack.keys() >= {"pulumi", "pyyaml"}
    assert {name: project[name] for name in pack} == pack
