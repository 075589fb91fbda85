"""Every object of every add-on that is switched on, by add-on: what `kubectl apply` would be given."""

from collections.abc import Mapping

from documents.addons import (
    access,
    cloud_controller,
    core_dns,
    dns_autoscaler,
    external_dns,
    kube_proxy,
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
    autoscaled = addons.core_dns.enabled and core_dns.autoscaled(plan)
    found = {
        name: objects(plan)
        for on, name, objects in (
            (addons.kube_proxy.enabled, kube_proxy.NAME, kube_proxy.objects),
            (addons.core_dns.enabled, core_dns.NAME, core_dns.objects),
            (autoscaled, dns_autoscaler.NAME, dns_autoscaler.objects),
            (addons.metrics_server.enabled, metrics_server.NAME, metrics_server.objects),
            (addons.cloud_controller.enabled, cloud_controller.NAME, cloud_controller.objects),
        )
        if on
    }
    for space in plan.namespaces:
        found[f"namespace-{space.name}"] = namespaces.objects(plan, space)
    if addons.access.enabled:
        found["access"] = access.objects(plan)
    if addons.storage_class is not None:
        found["storage"] = storage.objects(addons.storage_class)
    if addons.external_dns.enabled:
        found[external_dns.NAME] = (external_dns.priority(), *external_dns.objects(plan))
    return found
