"""The namespaces that the program creates and protects."""

from plan.settings.cluster import Settings
from plan.settings.namespaces import ManagedNamespace


def namespaces(settings: Settings) -> tuple[ManagedNamespace, ...]:
    """The namespaces of the settings, and one for each enabled add-on that runs outside kube-system and is not listed.

    The pods of an add-on that is installed by a chart are unknown here: its namespace only enforces `baseline`.
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
