"""Add-ons that can work together, from images and charts that cannot change unnoticed."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.chart import Chart
from plan.settings.cluster import Settings
from plan.settings.syntax import is_dns_name

ENOUGH = 2  # replicas: one of them may be on the node that dies
CHARTED = ("cilium", "calico")
RELEASE = re.compile(r"v?\d+\.\d+\.\d+")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
IMAGE = re.compile(r"[a-z0-9][a-z0-9._-]*(:\d+)?(/[a-z0-9._-]+)+(:(?P<tag>[\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?")


def images(settings: Settings) -> Iterator[Refusal]:
    """Full names with a fixed tag or a digest."""
    addons = settings.addons
    given = (
        ("kubeProxy.image", addons.kube_proxy.image),
        ("coreDns.image", addons.core_dns.image),
        ("coreDns.autoscaler.image", addons.core_dns.autoscaler.image),
        ("metricsServer.image", addons.metrics_server.image),
        ("externalDns.image", addons.external_dns.image),
        ("cloudController.image", addons.cloud_controller.image),
    )
    for key, image in given:
        found = IMAGE.fullmatch(image) if image is not None else None
        fixed = found and ("@" in found[0] or (found["tag"] and found["tag"] != "latest"))
        if image is not None and not fixed:
            yield Refusal(
                at=f"addons.{key}",
                bound="registry, path, and a tag other than `latest` or a digest",
                got=repr(image),
                why="pods that start on different days would run different programs",
                fix="such as registry.k8s.io/coredns/coredns:v1.14.2",
            )


def networks(settings: Settings) -> Iterator[Refusal]:
    """A chart where the network comes by one; somebody who leads Services to pods."""
    network = settings.addons.pod_network
    at = "addons.podNetwork.chart"
    if network.kind in CHARTED:
        if network.chart is None:
            fix = "give path, version and digest of the official chart (docs/addons.md shows how to get them)"
            why = f"{network.kind} is installed by its official chart"
            yield Refusal(at=at, bound=f"given for {network.kind}", got="missing", why=why, fix=fix)
    elif network.chart is not None:
        why, fix = f"`{network.kind}` has no chart, and it would silently not be used", "remove it, or correct `kind`"
        yield Refusal(at=at, bound="absent", got="given", why=why, fix=fix)
    if not settings.addons.kube_proxy.enabled and network.kind in ("routed", "calico"):
        yield Refusal(
            at="addons.kubeProxy.enabled",
            bound=f"true with `{network.kind}`",
            got="false",
            why="nobody else would lead the addresses of Services to pods, cluster DNS among them",
            fix="leave it on, or use a network that replaces kube-proxy",
        )


def charts(settings: Settings) -> Iterator[Refusal]:
    """Pinned by version and digest."""
    addons = settings.addons
    if addons.cert_manager.enabled and addons.cert_manager.chart is None:
        fix = "give path, version and digest of the official chart"
        why = "cert-manager is installed by it"
        yield Refusal(at="addons.certManager.chart", bound="given", got="missing", why=why, fix=fix)
    for at, chart in (
        ("addons.podNetwork.chart", addons.pod_network.chart),
        ("addons.certManager.chart", addons.cert_manager.chart),
    ):
        if chart is not None:
            yield from _chart(at, chart)


def _chart(at: str, chart: Chart) -> Iterator[Refusal]:
    why = "whoever can change the file could otherwise put other programs into the cluster, with the chart's rights"
    for key, given, good, bound, fix in (
        ("path", chart.path, chart.path.endswith(".tgz"), "a packed chart, *.tgz", "`helm pull` makes it"),
        ("version", chart.version, RELEASE.fullmatch(chart.version), "an exact release", "such as 1.19.2"),
        (
            "digest",
            chart.digest,
            DIGEST.fullmatch(chart.digest),
            "`sha256:` and 64 hexadecimal digits",
            f"`sha256sum {chart.path}` prints it, once you trust the file",
        ),
    ):
        if not good:
            got = repr(given) if given else "missing"
            yield Refusal(at=f"{at}.{key}", bound=bound, got=got, why=why, fix=fix)


def dns(settings: Settings) -> Iterator[Refusal]:
    """Two replicas at least; ratios and processors that can be computed with."""
    given = settings.addons.core_dns
    if given.at_least is not None and given.at_least < ENOUGH and not settings.single_member:
        yield Refusal(
            at="addons.coreDns.atLeast",
            bound=f"at least {ENOUGH}",
            got=given.at_least,
            why="with one replica no name resolves while its node is down",
            fix=f"use {ENOUGH} or more",
        )
    numbers = (("coresPerReplica", given.cores_per_replica), ("nodesPerReplica", given.nodes_per_replica))
    for key, value in (*numbers, *([("cores", given.cores)] if given.cores is not None else [])):
        if value < 1:
            why, fix = "the number of replicas is a quotient of it", "see the default"
            yield Refusal(at=f"addons.coreDns.{key}", bound="at least 1", got=value, why=why, fix=fix)


def stub_domains(settings: Settings) -> Iterator[Refusal]:
    """Domains outside the cluster, each once, each with a server."""
    own = settings.network.dns_domain
    seen: set[str] = set()
    for index, stub in enumerate(settings.addons.core_dns.stub_domains):
        at = f"addons.coreDns.stubDomains[{index}]"
        if not is_dns_name(stub.domain):
            yield Refusal(at=f"{at}.domain", bound="a DNS name", got=repr(stub.domain), why=_ZONE, fix="correct it")
        elif stub.domain == own or stub.domain.endswith(f".{own}") or own.endswith(f".{stub.domain}"):
            why = "names of Services would be asked of servers that do not know them"
            bound, fix = f"apart from the cluster's own domain {own}", "choose another domain"
            yield Refusal(at=f"{at}.domain", bound=bound, got=stub.domain, why=why, fix=fix)
        elif stub.domain in seen:
            yield Refusal(
                at=f"{at}.domain", bound="listed once", got=f"{stub.domain} twice", why=_ZONE, fix="merge both"
            )
        if not stub.servers:
            why = "the domain's names would not resolve at all"
            yield Refusal(
                at=f"{at}.servers", bound="at least one", got="none", why=why, fix="give a server, or remove it"
            )
        seen.add(stub.domain)


_ZONE = "it becomes a zone of CoreDNS, which refuses to start with a bad or repeated one"


def external_dns(settings: Settings) -> Iterator[Refusal]:
    """Limited to named domains."""
    given = settings.addons.external_dns
    why = "without a limit every Service could claim any name of every zone that the credentials reach"
    if given.enabled and not given.domains:
        at, fix = "addons.externalDns.domains", "name the domains that Services may have names in"
        yield Refusal(at=at, bound="at least one domain", got="none", why=why, fix=fix)
    for index, domain in enumerate(given.domains):
        if not is_dns_name(domain):
            at = f"addons.externalDns.domains[{index}]"
            yield Refusal(at=at, bound="a DNS name", got=repr(domain), why=why, fix="correct it")


def cloud_controller(settings: Settings) -> Iterator[Refusal]:
    """On AWS only, in a version that the user knows to fit."""
    given, at = settings.addons.cloud_controller, "addons.cloudController"
    if given.enabled and settings.kind != "aws":
        why = "it asks AWS about every node and removes those that AWS does not know"
        yield Refusal(at=f"{at}.enabled", bound="false on one's own hosts", got="true", why=why, fix="switch it off")
    if given.enabled and given.image is None:
        why, fix = (
            "it must be of the Kubernetes minor version",
            "see registry.k8s.io/provider-aws/cloud-controller-manager",
        )
        yield Refusal(at=f"{at}.image", bound="given", got="missing", why=why, fix=fix)


def metrics_server(settings: Settings) -> Iterator[Refusal]:
    """At least one replica, and readings that kubelets can answer."""
    given, at = settings.addons.metrics_server, "addons.metricsServer"
    if given.replicas < 1:
        why, fix = "nothing would answer", "switch it off with `enabled: false`"
        yield Refusal(at=f"{at}.replicas", bound="at least 1", got=given.replicas, why=why, fix=fix)
    if given.resolution_seconds < SHORTEST_RESOLUTION:
        bound, why = f"at least {SHORTEST_RESOLUTION}", "kubelets measure no more often than that"
        got = given.resolution_seconds
        yield Refusal(
            at=f"{at}.resolutionSeconds", bound=bound, got=got, why=why, fix="15 is metrics-server's own default"
        )


SHORTEST_RESOLUTION = 10  # seconds; metrics-server's FAQ: kubelets compute metrics every 10 to 15 s
