"""A kubeconfig without a secret: people and programs log in with the organisation's identity provider."""

import json


def kubeconfig(cluster: str, endpoint: str) -> str:
    """`endpoint`: the API's name, on port 6443."""
    login = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "kubectl-oidc_login",
        "args": ["get-token", "--oidc-issuer-url=https://login.acme.example", f"--oidc-client-id={cluster}"],
        "interactiveMode": "Never",
    }
    server = {"server": f"https://{endpoint}:6443", "certificate-authority": f"/etc/acme/{cluster}.crt"}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster, "cluster": server}],
            "users": [{"name": "me", "user": {"exec": login}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": "me"}}],
            "current-context": cluster,
        }
    )
