"""The namespaces that the program makes and keeps safe."""

from plan.settings.cluster import Settings
from plan.settings.namespaces import ManagedNamespace


def namespaces(settings: Settings) -> tuple[ManagedNamespace, ...]:
    """Those of the settings, and one for each add-on that is switched on, lives outside kube-system and is not listed.

    An add-on by a chart brings pods that nobody here knows: its namespace enforces `baseline` only.
    """
    addons = settings.addons
    of_addons = (
        *([ManagedNamespace(name=addons.external_dns.namespace)] if addons.external_dns.enabled else []),
        *(
            [ManagedNamespace(name=addons.cert_manager.namespace, pod_security="baseline", egress="any")]
            if addons.cert_manager.enabled
            else []
        ),
    )
    listed = {space.name for space in addons.namespaces}
    return (*addons.namespaces, *(space for space in of_addons if space.name not in listed))
