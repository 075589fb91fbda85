"""Serves the pack over the engine's Analyzer protocol (analyzer.proto).

Why not `pulumi_policy.PolicyPack`: version 1.21 decodes every resource again for every stack rule (1.8 s for each rule
over 5,000 resources here, so minutes for this pack), turns every unknown into an advisory note regardless of the rule's
level, and drops which values were secret before a rule sees them. The protocol is the same, so the CLI and the service
see an ordinary pack.
"""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of analyzer.proto

import signal
import sys
from collections.abc import Mapping
from concurrent import futures
from datetime import UTC, datetime

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policies import wire
from policies.configuration import Configuration, Misconfigured, schema, settings
from policies.evaluation import Finding, judge
from policies.remedies import REMEDIES
from policies.rule import Level, Rule, Scope
from policies.stack import Stack

NAME = "quorate"
VERSION = "0.1.0"  # the CLI shows the description in PulumiPolicy.yaml
MESSAGE_BYTES = 400 << 20  # the limit of Pulumi's own SDK, because a stack with thousands of resources is one message
STOPS = (signal.SIGTERM, signal.SIGINT)
OPTIONS = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)]
LEVELS = {
    Level.ADVISORY: pb.ADVISORY,
    Level.MANDATORY: pb.MANDATORY,
    Level.REMEDIATE: pb.REMEDIATE,
    Level.DISABLED: pb.DISABLED,
}


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Judges one resource before it is created (Analyze), and the whole stack at the end (AnalyzeStack)."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.configuration: Configuration = {}
        self.tags: Mapping[str, str] = {}
        self.wanted: dict[str, struct_pb2.Struct] = {}  # inputs by URN, of the resources of this update
        self.previews = False
        self.reported: set[tuple[str, str, str]] = set()  # what was reported before a resource was created

    def Analyze(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        self.wanted[request.urn] = request.properties
        if self.previews:
            return pb.AnalyzeResponse()  # the whole stack is judged at the end, where each fault is reported once
        rules = tuple(rule for rule in self.rules if rule.scope is Scope.RESOURCE)
        found = self._judged(Stack((wire.resource(request),), tags=self.tags), rules)
        self.reported |= {_identity(finding) for finding in found}
        return pb.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in found])

    def AnalyzeStack(self, request: pb.AnalyzeStackRequest, context: grpc.ServicerContext) -> pb.AnalyzeResponse:
        for resource in request.resources:
            if resource.urn in self.wanted:
                wire.fill(resource.properties, self.wanted[resource.urn])
        found = self._judged(Stack(wire.resources(request.resources), tags=self.tags), self.rules)
        fresh = [finding for finding in found if _identity(finding) not in self.reported]
        return pb.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in fresh])

    def Remediate(self, request: pb.AnalyzeRequest, context: grpc.ServicerContext) -> pb.RemediateResponse:
        answer = pb.RemediateResponse()
        for rule in self.rules:
            remedy = REMEDIES.get(rule.id)
            if remedy is None or self._level(rule) is not Level.REMEDIATE:
                continue
            # The message itself is changed and sent back, so secrets stay wrapped and unknowns stay unknown.
            if changed := remedy(wire.resource(request), request.properties):
                answer.remediations.append(
                    pb.Remediation(
                        policyName=rule.id,
                        policyPackName=NAME,
                        policyPackVersion=VERSION,
                        description=f"{rule.title} ({', '.join(changed)})",
                        properties=request.properties,
                    )
                )
        return answer

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> pb.AnalyzerInfo:
        return pb.AnalyzerInfo(
            name=NAME, version=VERSION, supportsConfig=True, policies=[_info(rule) for rule in self.rules]
        )

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(
        self, request: pb.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerHandshakeResponse:
        return pb.AnalyzerHandshakeResponse()

    def Configure(self, request: pb.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        by_id = {rule.id: rule for rule in self.rules}
        by_wire = {number: level for level, number in LEVELS.items()}
        try:
            self.configuration = {
                name: settings(
                    by_id[name], by_wire[entry.enforcementLevel], json_format.MessageToDict(entry.properties)
                )
                for name, entry in request.policyConfig.items()
                if name in by_id
            }
        except Misconfigured as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return empty_pb2.Empty()

    def ConfigureStack(
        self, request: pb.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> pb.AnalyzerStackConfigureResponse:
        self.tags = dict(request.tags)
        self.previews = request.dry_run
        return pb.AnalyzerStackConfigureResponse()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def _level(self, rule: Rule) -> Level:
        said = self.configuration.get(rule.id)
        return (said.level if said else None) or rule.level

    def _judged(self, stack: Stack, rules: tuple[Rule, ...]) -> list[Finding]:
        return list(judge(stack, rules, self.configuration, datetime.now(tz=UTC).date()))


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.violation.urn, finding.violation.what


def _diagnostic(finding: Finding) -> pb.AnalyzeDiagnostic:
    rule = finding.rule
    return pb.AnalyzeDiagnostic(
        policyName=rule.id,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=rule.title,
        message=f"{rule.title}\n{finding.text}",
        enforcementLevel=LEVELS[finding.level],
        urn=finding.violation.urn,
        severity=pb.PolicySeverity.Value(f"POLICY_SEVERITY_{rule.severity.name}"),
    )


def _info(rule: Rule) -> pb.PolicyInfo:
    properties = json_format.ParseDict(schema(rule), struct_pb2.Struct())
    framework, _, reference = (rule.references[0] if rule.references else "").partition(": ")
    return pb.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=rule.title,
        enforcementLevel=LEVELS[rule.level],
        configSchema=pb.PolicyConfigSchema(properties=properties),
        policy_type=pb.POLICY_TYPE_RESOURCE if rule.scope is Scope.RESOURCE else pb.POLICY_TYPE_STACK,
        severity=pb.PolicySeverity.Value(f"POLICY_SEVERITY_{rule.severity.name}"),
        framework=pb.PolicyComplianceFramework(name=framework, reference=reference),
        remediation_steps=rule.fix,
        url=rule.page,
    )


def serve(rules: tuple[Rule, ...]) -> None:
    """Serve on a free loopback port, print it as the first line, and run until SIGTERM or SIGINT."""
    # Blocked before gRPC starts its threads, which inherit the mask: if one of them received a signal, Python's handler
    # would only run when the main thread wakes up. About 1 stop in 100 hung for ever.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(rules), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    signal.sigwait(STOPS)
    server.stop(0).wait()
