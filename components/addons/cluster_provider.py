"""The provider of the cluster's objects, with its client certificate."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.certificate_tree import CertificateTree
from documents.kubeconfig import from_outside, kubeconfig
from plan import Plan
from plan.aws.access import proxy_url
from plan.certificates.inventory import ADD_ONS


def cluster_provider(
    name: str, *, plan: Plan, tree: CertificateTree, opts: pulumi.ResourceOptions
) -> kubernetes.Provider:
    """Connects to the endpoint with its own certificate.

    Only the endpoint's name identifies the provider: a renewed certificate or a changed address updates it and replaces
    no object.
    """
    server, server_name = from_outside(plan)
    leaf = tree.leaves[None, ADD_ONS]
    text: pulumi.Output[str] = pulumi.Output.all(
        tree.trust["cluster"], leaf.certificate_pem, leaf.private_key_pem
    ).apply(
        lambda pems: kubeconfig(
            cluster=plan.settings.cluster,
            server=server,
            server_name=server_name,
            proxy=proxy_url(plan.settings),
            user="quorate:add-ons",
            authority_pem=pems[0],
            certificate_pem=pems[1],
            key_pem=pems[2],
        )
    )
    secret: pulumi.Output[str] = pulumi.Output.secret(text)
    return kubernetes.Provider(
        name,
        kubeconfig=secret,
        cluster_identifier=plan.endpoint.name,
        # Names are fixed, so a ConfigMap that a change replaces would be missing while pods start.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        # Not `upsert_existing_objects`: the official provider then refuses changes that replace an object (a roleRef, a
        # clusterIP) in the preview. After an interrupted update, PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true adopts
        # objects that are missing in the state.
        opts=opts,
    )
