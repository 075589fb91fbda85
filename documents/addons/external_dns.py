"""ExternalDNS for Services and Ingresses on Route53 (requirements ADD-10)."""

from collections.abc import Iterator

from documents.addons import pods
from documents.addons.add_on import AddOn
from documents.addons.namespaces import everywhere_but_instance_metadata
from documents.addons.objects import account, cluster_role, cluster_role_binding, metadata, rule, service_account
from documents.yaml_text import Data, Document
from plan import Plan
from plan.addons import images, workload
from plan.network.endpoint import API_PORT

NAME = "external-dns"
LABELS = {"app.kubernetes.io/name": NAME}
PRIORITY = "quorate-addon"
READ = ("get", "list", "watch")
CREDENTIALS = "/credentials"


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.externalDns`, in its own namespace."""
    given = plan.settings.addons.external_dns
    if given.enabled:
        yield AddOn(
            kind="ExternalDns",
            name=NAME,
            facts={"domains": given.domains, "policy": given.policy},
            objects=(priority(), *objects(plan)),
            after=(f"SafeNamespace/{given.namespace}",),
        )


def objects(plan: Plan) -> tuple[Document, ...]:
    """Runs in a managed namespace; it reads Services and Ingresses everywhere and writes nothing in the cluster."""
    namespace = plan.settings.addons.external_dns.namespace
    return (
        service_account(NAME, namespace),
        cluster_role(
            NAME,
            rule(("services", "nodes", "pods"), READ),
            rule(("endpointslices",), READ, "discovery.k8s.io"),
            rule(("ingresses",), READ, "networking.k8s.io"),
        ),
        cluster_role_binding(NAME, NAME, account(NAME, namespace)),
        _egress(plan, namespace),
        _deployment(plan),
    )


def _egress(plan: Plan, namespace: str) -> Document:
    """The namespace denies all traffic; this policy allows HTTPS to AWS and the API for this program."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(NAME, namespace),
        "spec": {
            "podSelector": {"matchLabels": LABELS},
            "policyTypes": ["Egress"],
            "egress": [
                {
                    "to": everywhere_but_instance_metadata(plan),
                    "ports": [{"protocol": "TCP", "port": port} for port in (443, API_PORT)],
                }
            ],
        },
    }


def _deployment(plan: Plan) -> Document:
    given = plan.settings.addons.external_dns
    size = workload.external_dns(plan.settings)
    secret = given.credentials_secret
    mounted: dict[str, Data] = {"volumeMounts": [{"name": "credentials", "mountPath": CREDENTIALS, "readOnly": True}]}
    environment: list[Data] = [{"name": "AWS_SHARED_CREDENTIALS_FILE", "value": f"{CREDENTIALS}/credentials"}]
    container: dict[str, Data] = {
        "name": NAME,
        "image": images.external_dns(plan.settings),
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "args": arguments(plan),
        "resources": pods.resources(size),
        "securityContext": pods.container_security(),
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": 7979}},
        **({"env": environment, **mounted} if secret else {}),
    }
    volumes: dict[str, Data] = {"volumes": [{"name": "credentials", "secret": {"secretName": secret}}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(NAME, given.namespace, LABELS),
        "spec": {
            "replicas": size.replicas,
            # Two replicas would change the same records.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": LABELS},
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "priorityClassName": PRIORITY,
                    "serviceAccountName": NAME,
                    "tolerations": pods.tolerations(),
                    "securityContext": pods.pod_security(),
                    "containers": [container],
                    **(volumes if secret else {}),
                },
            },
        },
    }


def arguments(plan: Plan) -> list[Data]:
    """Arguments that limit it to the named domains and to records that a TXT record marks as ours."""
    given = plan.settings.addons.external_dns
    return [
        "--provider=aws",
        "--source=service",
        "--source=ingress",
        *(f"--domain-filter={domain}" for domain in given.domains),
        f"--aws-zone-type={given.zone}",
        f"--policy={given.policy}",
        "--registry=txt",
        f"--txt-owner-id={given.owner or plan.settings.cluster}",
    ]


def priority() -> Document:
    """The priority of add-ons outside kube-system: above every workload, below critical pods."""
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": metadata(PRIORITY, None),
        "value": 900_000_000,
        "description": "Add-ons that workloads rely on",
    }
