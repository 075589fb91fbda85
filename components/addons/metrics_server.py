"""metrics-server with its serving certificate."""

import base64
from collections.abc import Sequence

import pulumi

from components.addons.objects import make
from components.certificate_tree import CertificateTree
from documents.addons import metrics_server
from documents.addons.add_on import AddOn
from plan.certificates.inventory import METRICS_SERVER


class MetricsServer(pulumi.ComponentResource):
    """The aggregated API metrics.k8s.io, with a serving certificate from the cluster's authority."""

    def __init__(
        self,
        given: AddOn,
        *,
        tree: CertificateTree,
        pods_after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(f"quorate:addons:{given.kind}", given.name, dict(given.facts), opts)
        leaf = tree.leaves[None, METRICS_SERVER]
        authority = pulumi.Output.from_input(tree.signers["cluster"].certificate_pem).apply(
            lambda pem: base64.b64encode(pem.encode()).decode()
        )
        secret = metrics_server.secret(leaf.certificate_pem, leaf.private_key_pem)
        served = make([secret, *given.objects], parent=self, pods_after=pods_after)
        # Registered after the server responds: until then, every API discovery would report an error.
        make([metrics_server.api_service(authority)], parent=self, after=served)
        self.register_outputs(dict(given.facts))
