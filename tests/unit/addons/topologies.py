"""Plans whose add-ons are looked at: the presets, and everything at once."""

from plan import Plan, make
from plan.loading.configuration import read
from plan.loading.presets import merged
from tests.unit.plan.aws_site import SITE

ON: dict[str, object] = {"addons": {"enabled": True}}
LOCAL: dict[str, object] = {"preset": "local"}
EVERYTHING: dict[str, object] = {
    "addons": {
        "enabled": True,
        "coreDns": {
            "stubDomains": [{"domain": "consul.internal", "servers": ["10.150.0.1", "10.150.0.2"]}],
            "upstream": ["10.20.0.2"],
            "autoscaler": {"image": "registry.k8s.io/cpa/cluster-proportional-autoscaler:v1.10.3"},
        },
        "namespaces": [
            {"name": "shop"},
            {"name": "tools", "podSecurity": "baseline", "egress": "any"},
        ],
        "storageClass": {
            "name": "gp3",
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true"},
        },
        "externalDns": {"enabled": True, "domains": ["apps.example.com"], "credentialsSecret": "route53"},
        "cloudController": {
            "enabled": True,
            "image": "registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.0",
        },
    }
}


def local(*departures: dict[str, object]) -> Plan:
    """The local preset with add-ons, and departures laid over it."""
    return _made(LOCAL, *departures)


def aws(*departures: dict[str, object]) -> Plan:
    """The production preset on AWS with add-ons, and departures laid over it."""
    return _made(SITE, *departures)


def _made(*settings: dict[str, object]) -> Plan:
    whole: dict[str, object] = {}
    for part in (*settings[:1], ON, *settings[1:]):
        whole = merged(whole, part)
    return make(read(whole))
