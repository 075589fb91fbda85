"""Programs of other teams get the verdict that they deserve: in this process and through the pack's server."""

from collections.abc import Iterator
from functools import cache

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.evaluation import Finding
from policies.remedies import REMEDIES
from policies.resources import Resource
from policies.rule import Level
from tests.policy.foreign.case import Case, Verdict, problem
from tests.policy.foreign.cases import CASES
from tests.policy.foreign.messages import whole
from tests.policy.foreign.record import registered
from tests.policy.judging import judge_resources
from tests.policy.test_process import started

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CORRECTED = frozenset(REMEDIES)


@cache
def judged(case: Case) -> tuple[Finding, ...]:
    """What the rules find in this process, once for all tests."""
    return tuple(judge_resources(registered(case)))


def told(finding: Finding) -> tuple[str, bool, str]:
    return finding.rule.id, finding.level is Level.MANDATORY, finding.violation.sentence


@pytest.fixture(scope="module")
def stub() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack's server in its own process, in a preview."""
    with started() as pack:
        pack.stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="prod", dry_run=True))
        yield pack.stub


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_server_gives_the_same_verdict(stub: analyzer_pb2_grpc.AnalyzerStub, case: Case) -> None:
    answer = stub.AnalyzeStack(whole(registered(case)))
    found = [(d.policyName, d.enforcementLevel == pb.MANDATORY, d.message) for d in answer.diagnostics]
    assert problem(case, (finding for finding in found if finding[0] != "P101")) == ""


def corrected(resource: Resource, rule: str) -> bool:
    """Whether a remedy changes the resource before it is judged."""
    return bool(REMEDIES[rule](resource, struct_pb2.Struct()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_right(case: Case) -> None:
    found = [told(finding) for finding in judged(case)]
    # The engine corrects the tag that names the manager before it judges.
    assert problem(case, (finding for finding in found if finding[0] != "P101")) == ""


@pytest.mark.parametrize("case", [c for c in CASES if c.verdict is Verdict.SILENT], ids=lambda case: case.name)
def test_nothing_is_corrected_in_an_ordinary_program(case: Case) -> None:
    assert [r.name for r in registered(case) for rule in CORRECTED if corrected(r, rule)] == []


def test_every_finding_about_a_foreign_program_says_why_it_is_judged() -> None:
    silent = {
        (finding.rule.id, finding.violation.what)
        for case in CASES
        if case.verdict is Verdict.REFUSED
        for finding in judged(case)
        if finding.level is Level.MANDATORY and not finding.violation.because
    }
    assert silent == set()
