"""Defaults by kind of environment, in the form that users write; the user's settings override them."""

from collections.abc import Mapping

LOCAL: Mapping[str, object] = {
    "cluster": "local",
    "nodes": [
        {"name": f"cp{number}", "address": f"10.88.0.{10 + number}", "failureDomain": f"machine-{number}"}
        for number in (1, 2, 3)
    ],
    "network": {"hosts": "10.88.0.0/24", "gateway": "10.88.0.1"},
    "endpoint": {
        "name": "api.local.quorate.internal",
        "port": 8443,
        # 0.1 s works with three machines on one computer; a network with jitter needs at least the default.
        "virtualIp": {"address": "10.88.0.10", "interface": "host0", "advertSeconds": 0.1},
    },
    "ssh": {"privateKeyPath": ".quorate/ssh/id_ed25519"},
    "artifacts": {
        "source": "store",
        "store": "file:///opt/quorate/store",
        "manifest": ".quorate/store/manifest.json",
    },
    "localMachines": {"fleet": "local", "bridge": "quorate0"},
    "addons": {"enabled": True},
}

DEV: Mapping[str, object] = {
    "singleFailureDomain": True,
}

PROD: Mapping[str, object] = {
    "singleFailureDomain": False,
    "certificates": {"protect": True},
    "controlPlane": {
        "kubeReserved": {"cpu": "500m", "memory": "1Gi"},
        "systemReserved": {"cpu": "500m", "memory": "1Gi"},
    },
}

PRESETS: Mapping[str, Mapping[str, object]] = {"local": LOCAL, "dev": DEV, "prod": PROD}

# The account of Debian's images, which may use sudo, and this clone's own key (created by `make setup`).
AWS_SSH: Mapping[str, object] = {"user": "admin", "privateKeyPath": ".quorate/ssh/id_ed25519"}

# Additions to the presets for environments of the kind `aws`.
AWS: Mapping[str, Mapping[str, object]] = {
    "dev": {
        "members": 3,
        "singleFailureDomain": False,
        "ssh": AWS_SSH,
        "aws": {
            "protect": False,
            "network": {"egress": "nat"},
            "loadBalancer": {"deletionProtection": False},
            "machines": {"size": "small", "terminationProtection": False},
        },
    },
    "prod": {
        "members": 5,
        "ssh": AWS_SSH,
        "aws": {"protect": True, "network": {"egress": "nat-per-zone"}, "machines": {"size": "large"}},
    },
}


def preset(name: str, kind: object) -> Mapping[str, object]:
    """The defaults of a preset for a kind of environment. KeyError for an unknown name."""
    return merged(PRESETS[name], AWS.get(name, {})) if kind == "aws" else PRESETS[name]


def merged(under: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """`over` on top of `under`, section by section. Lists and plain values are replaced whole; null is a value."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result
