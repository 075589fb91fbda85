"""The pack in a process of its own, as the engine's language host starts it, over gRPC."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.rules import RULES
from tests.policy.judging import findings
from tests.policy.messages import single, whole
from tests.policy.stacks import BAD, GOOD, Case, load

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {number: name.lower() for name, number in pb.EnforcementLevel.items()}
START_SECONDS = 20  # what a machine under load may take; the benchmark measures


@dataclass(frozen=True)
class Pack:
    """The pack's own process and the engine's end of its connection."""

    stub: analyzer_pb2_grpc.AnalyzerStub
    process: "subprocess.Popen[bytes]"
    tags: dict[str, str] = field(default_factory=dict)

    def found(self, case: Case) -> list[tuple[str, str, str]]:
        self.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=case.stack, tags=self.tags, dry_run=True))
        alone = [d for entry in case.entries for d in self.stub.Analyze(single(case, entry)).diagnostics]
        together = self.stub.AnalyzeStack(whole(case)).diagnostics
        return [
            (d.policyName, pb.EnforcementLevel.Name(d.enforcementLevel).lower(), d.message) for d in (*alone, *together)
        ]


@contextmanager
def started() -> Iterator[Pack]:
    """The pack in a process of its own; the server must still be alive at the end."""
    # The language host's own command; the address of the engine is not used by a pack.
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/", env=environment)
    assert process.stdout is not None
    port = first_line(process.stdout)
    with grpc.insecure_channel(f"127.0.0.1:{int(port)}") as channel:
        yield Pack(stub=analyzer_pb2_grpc.AnalyzerStub(channel), process=process)
    process.terminate()
    assert process.wait(timeout=START_SECONDS) == 0


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with started() as running:
        yield running


def first_line(stream: IO[bytes]) -> str:
    lines: list[bytes] = []
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(START_SECONDS)
    assert lines, "the pack printed no port"
    return lines[0].decode().strip()


def configure(pack: Pack, id_: str, level: str, **settings: object) -> None:
    properties = json_format.ParseDict(settings, struct_pb2.Struct())
    entry = pb.PolicyConfig(enforcementLevel=pb.EnforcementLevel.Value(level), properties=properties)
    pack.stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig={id_: entry}))


@pytest.fixture(autouse=True)
def _unconfigured(pack: Pack) -> Iterator[None]:
    yield
    pack.stub.Configure(pb.ConfigureAnalyzerRequest())
    pack.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest())
    pack.tags.clear()


def test_the_pack_tells_the_engine_every_rule_with_its_schema_and_remedy(pack: Pack) -> None:
    info = pack.stub.GetAnalyzerInfo(empty_pb2.Empty())
    assert [policy.name for policy in info.policies] == [rule.id for rule in RULES]
    assert info.supportsConfig
    by_name = {policy.name: policy for policy in info.policies}
    assert by_name["P36"].enforcementLevel == pb.REMEDIATE
    assert by_name["P01"].policy_type == pb.POLICY_TYPE_STACK
    assert by_name["P60"].policy_type == pb.POLICY_TYPE_RESOURCE
    assert by_name["P45"].framework.reference == "2.7"
    schema = json_format.MessageToDict(by_name["P40"].configSchema.properties)
    assert schema["hours"] == {"type": "integer", "minimum": 0.0, "default": 8760.0}
    assert schema["exemptions"]["items"]["required"] == ["resource", "reason", "until"]


@pytest.mark.parametrize("name", ["hosts", "aws"])
def test_a_good_stack_passes_with_advice_only(pack: Pack, name: str) -> None:
    assert {(id_, level) for id_, level, _ in pack.found(load(GOOD / f"{name}.yaml"))} <= {
        ("P03", "advisory"),
        ("P84", "advisory"),
    }


@pytest.mark.parametrize(
    "name",
    ["foreign-program", "P38-unknown-name", "P49-clear-key", "P48-copied-leaf", "P57-another-key", "P17-no-disk"],
)
def test_the_process_finds_what_is_found_in_this_one(pack: Pack, name: str) -> None:
    case = load(BAD / f"{name}.yaml")
    here = [(f.rule.id, f.level.value, f"{f.rule.title}\n{f.text}") for f in findings(case)]
    assert sorted(pack.found(case)) == sorted(here)


def test_levels_and_settings_that_the_engine_passes_on_are_followed(pack: Pack) -> None:
    case = load(BAD / "P40-long-leaf.yaml")
    configure(pack, "P40", "ADVISORY")
    assert ("P40", "advisory") in {(id_, level) for id_, level, _ in pack.found(case)}
    configure(pack, "P40", "MANDATORY", hours=240000)
    assert "P40" not in {id_ for id_, _, _ in pack.found(case)}


def test_a_configuration_that_cannot_be_read_is_refused_with_its_reason(pack: Pack) -> None:
    with pytest.raises(grpc.RpcError, match="exemption needs exactly resource, reason and until"):
        configure(pack, "P40", "MANDATORY", exemptions=[{"resource": "x"}])


def test_the_stacks_tags_are_known(pack: Pack) -> None:
    case = load(BAD / "P84-no-drill.yaml")
    today = datetime.now(tz=UTC).date().isoformat()
    pack.tags["restore-drill"] = today
    assert "P84" not in {id_ for id_, _, _ in pack.found(case)}
    pack.tags.clear()
    assert "P84" in {id_ for id_, _, _ in pack.found(case)}


@pytest.mark.parametrize("name", ["P36-old-metadata", "P101-nobody-manages"])
def test_what_is_remedied_is_no_finding_any_more(pack: Pack, name: str) -> None:
    case = load(BAD / f"{name}.yaml")
    entry = next(e for e in case.entries if e.key == case.where)
    request = single(case, entry)
    remedied = pack.stub.Remediate(request).remediations
    assert [r.policyName for r in remedied] == [case.rule]
    request.properties.CopyFrom(remedied[-1].properties)
    assert case.rule not in {d.policyName for d in pack.stub.Analyze(request).diagnostics}


def test_a_remedy_leaves_secrets_and_unknowns_as_they_travel(pack: Pack) -> None:
    case = load(BAD / "P36-old-metadata.yaml")
    request = single(case, next(e for e in case.entries if e.key == case.where))
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hush"}
    request.properties.update({"password": sealed})
    after = json_format.MessageToDict(pack.stub.Remediate(request).remediations[-1].properties)
    before = json_format.MessageToDict(request.properties)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"metadataOptions"}
    assert after["password"] == sealed
    assert after["subnetId"] == before["subnetId"]


def test_an_unknown_metadata_option_is_not_overwritten(pack: Pack) -> None:
    case = load(BAD / "P36-old-metadata.yaml")
    request = single(case, next(e for e in case.entries if e.key == case.where))
    request.properties.update({"metadataOptions": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"})
    assert not pack.stub.Remediate(request).remediations
    told = {d.policyName: d.message for d in pack.stub.Analyze(request).diagnostics}
    assert "cannot be decided before the update: metadataOptions" in told["P36"]


def test_a_resource_without_outputs_yet_is_judged_by_what_the_program_wants(pack: Pack) -> None:
    case = load(next(path for path in BAD.glob("P97*.yaml")))
    for entry in case.entries:
        pack.stub.Analyze(single(case, entry))
    first = whole(case)
    for resource in first.resources:
        resource.properties.Clear()
    said = {d.message for d in pack.stub.AnalyzeStack(first).diagnostics}
    assert said == {d.message for d in pack.stub.AnalyzeStack(whole(case)).diagnostics} != set()


def test_an_update_refuses_a_bad_document_before_the_machine_is_created_and_only_once(pack: Pack) -> None:
    case = load(BAD / "P60-anonymous-kubelet.yaml")
    entry = next(e for e in case.entries if e.key == case.where)
    assert "P60" in {d.policyName for d in pack.stub.Analyze(single(case, entry)).diagnostics}
    assert "P60" not in {d.policyName for d in pack.stub.AnalyzeStack(whole(case)).diagnostics}


def test_a_remedy_says_what_it_changes(pack: Pack) -> None:
    case = load(BAD / "P36-old-metadata.yaml")
    request = single(case, next(e for e in case.entries if e.key == case.where))
    (remedy,) = (r for r in pack.stub.Remediate(request).remediations if r.policyName == "P36")
    assert "metadataOptions.httpTokens: optional -> required" in remedy.description


def test_a_machine_without_a_control_plane_is_never_corrected(pack: Pack) -> None:
    case = load(BAD / "P36-old-metadata.yaml")
    request = single(case, next(e for e in case.entries if e.key == case.where))
    request.properties.update({"userData": "#!/bin/sh\n/etc/eks/bootstrap.sh shop\n"})
    before = request.properties.SerializeToString(deterministic=True)
    assert not pack.stub.Remediate(request).remediations
    assert request.properties.SerializeToString(deterministic=True) == before
