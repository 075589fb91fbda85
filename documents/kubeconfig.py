"""kubeconfig files with embedded certificates and keys, so no other files are needed."""

import base64

from documents.places import KUBERNETES
from documents.yaml_text import yaml_text
from plan import Node, Plan
from plan.members import url
from plan.network.endpoint import API_PORT

# The components of a node talk to the API server on their own machine, so they do not depend on the endpoint or a
# balancer. People and tools use the endpoint.
LOCAL = tuple(f"{KUBERNETES}/{name}.conf" for name in ("kubelet", "controller-manager", "scheduler"))


def server(plan: Plan, node: Node, path: str) -> str:
    """URL that the kubeconfig file at `path` on `node` points to."""
    return url(node.address, API_PORT) if path in LOCAL else plan.endpoint.server


def from_outside(plan: Plan) -> tuple[str, str | None]:
    """URL and server name for the operator: the address if it is static, so that no DNS is needed."""
    endpoint = plan.endpoint
    if endpoint.address is None:
        return endpoint.server, None
    return url(endpoint.address, endpoint.port), endpoint.name


def kubeconfig(
    *,
    cluster: str,
    server: str,
    user: str,
    authority_pem: str,
    certificate_pem: str,
    key_pem: str,
    server_name: str | None = None,
    proxy: str | None = None,
) -> str:
    """A kubeconfig with one cluster, one user and one context `user@cluster`. The text is secret: it holds the key.

    `server_name`: the name that the server's certificate must have if `server` has an address; `proxy`: the URL of an
    HTTP proxy that leads to it.
    """
    context = f"{user}@{cluster}"
    name = {"tls-server-name": server_name} if server_name else {}
    way = {"proxy-url": proxy} if proxy else {}
    return yaml_text(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster,
                    "cluster": {"certificate-authority-data": _base64(authority_pem), "server": server, **name, **way},
                }
            ],
            "users": [
                {
                    "name": user,
                    "user": {
                        "client-certificate-data": _base64(certificate_pem),
                        "client-key-data": _base64(key_pem),
                    },
                }
            ],
            "contexts": [{"name": context, "context": {"cluster": cluster, "user": user}}],
            "current-context": context,
        }
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
