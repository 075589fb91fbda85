"""The inputs of the provider request, under the names of pulumi-kubernetes 4, and their environment variables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from provider.protocol.messages import Change, Difference, Refused
from provider.protocol.values import Properties
from workbench.stand_ins.kubernetes.objects import differing, text

VARIABLES = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
}
CONTENT = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
KNOWN = frozenset({"kubeconfig", "clusterIdentifier", *VARIABLES})
NEUTRAL = frozenset({"version", "pluginDownloadURL"})  # the engine's own


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`kubeconfig` may be UNKNOWN in a preview."""

    kubeconfig: str = field(repr=False)
    delete_unreachable: bool
    mutable: frozenset[str]  # kinds whose content changes in place
    patch_force: bool
    upsert: bool


def settings(given: Properties, variables: Mapping[str, str]) -> Settings:
    """Raises `Refused` for inputs that the stand-in would ignore. An input wins over its environment variable."""
    foreign = sorted(name for name, value in given.items() if value is not None and name not in KNOWN | NEUTRAL)
    if foreign:
        raise Refused(
            f"the kubernetes stand-in knows {', '.join(sorted(KNOWN))} of its provider's inputs and not"
            f" {', '.join(foreign)}; install the official plugin to use them"
        )
    kubeconfig = text(given, "kubeconfig")
    if not kubeconfig:
        raise Refused("the kubernetes provider needs the text of a kubeconfig as its input `kubeconfig`")

    def flag(name: str) -> bool:
        value = given.get(name)
        return (variables.get(VARIABLES[name], "") if value is None else str(value)).lower() in {"true", "1"}

    return Settings(
        kubeconfig=kubeconfig,
        delete_unreachable=flag("deleteUnreachable"),
        mutable=frozenset(kind for kind in CONTENT if flag(f"enable{kind}Mutable")),
        patch_force=flag("enablePatchForce"),
        upsert=flag("upsertExistingObjects"),
    )


def change(old: Properties, new: Properties) -> Change:
    """Another cluster, by `clusterIdentifier`, replaces the provider and its objects; another credential does not."""
    paths = differing(old, new)
    replacing = [path for path in paths if path == "clusterIdentifier"]
    return Change(paths=dict.fromkeys(paths, Difference.CHANGED), replacing=replacing)


def plain(value: object) -> object:
    """Provider inputs that are not texts travel as JSON texts."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
