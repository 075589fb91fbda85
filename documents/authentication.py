"""Requests without a certificate: health checks only (CIS 1.2.1; requirements CP-09, INF-11)."""

from documents.yaml_text import yaml_text

# Balancers and the kubelet's own probes request these without credentials.
OPEN_PATHS = ("/livez", "/readyz", "/healthz")


def configuration() -> str:
    """AuthenticationConfiguration. The flag --anonymous-auth must then be absent: the API server refuses both."""
    return yaml_text(
        {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AuthenticationConfiguration",
            "anonymous": {"enabled": True, "conditions": [{"path": path} for path in OPEN_PATHS]},
        }
    )
