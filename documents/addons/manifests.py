"""Every object of every add-on that is switched on, by add-on: what `kubectl apply` would be given."""

from collections.abc import Mapping

from documents.addons import (
    access,
    cloud_controller,
    core_dns,
    dns_autoscaler,
    external_dns,
    metrics_server,
    namespaces,
    storage,
)
from documents.yaml_text import Document
from plan import Plan


def manifests(plan: Plan) -> Mapping[str, tuple[Document, ...]]:
    """Without what is issued while the program runs, and without charts."""
    addons = plan.settings.addons
    if not addons.enabled:
        return {}
    found: dict[str, tuple[Document, ...]] = {}
    if addons.core_dns.enabled:
        found[core_dns.NAME] = core_dns.objects(plan)
        if addons.core_dns.autoscaler.image is not None:
            found[dns_autoscaler.NAME] = dns_autoscaler.objects(plan)
    if addons.metrics_server.enabled:
        found[metrics_server.NAME] = metrics_server.objects(plan)
    for space in plan.namespaces:
        found[f"namespace-{space.name}"] = namespaces.objects(plan, space)
    if addons.access.enabled:
        found["access"] = access.objects(plan)
    if addons.storage_class is not None:
        found["storage"] = storage.objects(addons.storage_class)
    if addons.external_dns.enabled:
        found[external_dns.NAME] = (external_dns.priority(), *external_dns.objects(plan))
    if addons.cloud_controller.enabled:
        found[cloud_controller.NAME] = cloud_controller.objects(plan)
    return found
