"""The configuration of CoreDNS (requirements ADD-02, ADD-03; kubeadm's own Corefile of 1.36)."""

from collections.abc import Sequence
from dataclasses import dataclass

from plan import Plan, Settings
from plan.nodes import Address

TTL = 30  # seconds, for names of the cluster; kubeadm's value
CACHE = 30  # seconds, for all other names; kubeadm's value
UPSTREAM_QUERIES = 1_000  # queries at a time; without a limit an upstream that hangs uses up every replica's memory
LAMEDUCK = "5s"  # continues to serve after SIGTERM until every kube-proxy has removed it
METRICS = ":9153"
NODE_RESOLVERS = "/etc/resolv.conf"  # the node's resolvers, because of the pod's dnsPolicy


@dataclass(frozen=True)
class Plugin:
    """A line, and the lines of its block."""

    line: str
    block: Sequence[str] = ()


def corefile(plan: Plan) -> str:
    """The zone of the cluster's names and all others; then a zone for each stub domain."""
    dns = plan.settings.addons.core_dns
    zones = [_zone(".", _everything(plan))]
    for stub in dns.stub_domains:
        forward = Plugin(f"forward . {' '.join(str(server) for server in stub.servers)}")
        zones.append(_zone(stub.domain, [Plugin("errors"), Plugin(f"cache {CACHE}"), forward]))
    return "\n".join(zones)


def resolvers(settings: Settings) -> Sequence[Address]:
    """Resolvers for names outside the cluster; empty: the node's own.

    Machines on this computer have no resolver, but CoreDNS does not start without one, so they use those of the
    settings or the gateway, which may not respond. The cluster's own names do not need a resolver.
    """
    network = settings.network
    given = settings.addons.core_dns.upstream
    if given or settings.local_machines is None:
        return given
    return network.dns_servers or ((network.gateway,) if network.gateway else ())


def _everything(plan: Plan) -> list[Plugin]:
    domain = plan.settings.network.dns_domain
    upstream = " ".join(str(server) for server in resolvers(plan.settings)) or NODE_RESOLVERS
    return [
        Plugin("errors"),
        Plugin("health", [f"lameduck {LAMEDUCK}"]),
        Plugin("ready"),
        Plugin(
            f"kubernetes {domain} in-addr.arpa ip6.arpa",
            ["pods insecure", "fallthrough in-addr.arpa ip6.arpa", f"ttl {TTL}"],
        ),
        Plugin(f"prometheus {METRICS}"),
        Plugin(f"forward . {upstream}", [f"max_concurrent {UPSTREAM_QUERIES}"]),
        # The cluster's names are in memory already; a cache would only serve outdated ones.
        Plugin(f"cache {CACHE}", [f"disable success {domain}", f"disable denial {domain}"]),
        Plugin("loop"),
        Plugin("reload"),
        Plugin("loadbalance"),
    ]


def _zone(name: str, plugins: Sequence[Plugin]) -> str:
    lines = [f"{name}:53 {{"]
    for plugin in plugins:
        lines.append(f"    {plugin.line}{' {' if plugin.block else ''}")
        lines.extend(f"        {line}" for line in plugin.block)
        lines.extend(["    }"] if plugin.block else [])
    return "\n".join([*lines, "}\n"])
