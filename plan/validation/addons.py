"""Images of add-ons that cannot change without notice, and the cloud controller."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.visible import shown

IMAGE = re.compile(
    r"[a-z0-9][a-z0-9._-]*(:[0-9]{1,5})?(/[a-z0-9._-]+)+"
    r"(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:[0-9a-f]{64})?"
)


def images(settings: Settings) -> Iterator[Refusal]:
    """Image names are complete and have a fixed tag or a digest."""
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
                what="registry, path, and a tag other than `latest` or a digest",
                found=shown(image),
                why="pods that start on different days would run different programs",
                fix="such as registry.k8s.io/coredns/coredns:v1.14.2",
            )


def cloud_controller(settings: Settings) -> Iterator[Refusal]:
    """The cloud controller runs only on AWS, in a version that the user sets."""
    given, at = settings.addons.cloud_controller, "addons.cloudController"
    if given.enabled and settings.kind != "aws":
        why = "it looks up every node in AWS and deletes those that AWS does not have"
        yield Refusal(at=f"{at}.enabled", what="false on your own hosts", found="true", why=why, fix="switch it off")
    if given.enabled and given.image is None:
        why, fix = (
            "it must have the Kubernetes minor version",
            "see registry.k8s.io/provider-aws/cloud-controller-manager",
        )
        yield Refusal(at=f"{at}.image", what="set", found="missing", why=why, fix=fix)
