"""metrics-server with its serving certificate."""

import base64
from collections.abc import Sequence

import pulumi

from components.addons.objects import make
from components.certificate_tree import CertificateTree
from documents.addons import metrics_server
from plan import Plan
from plan.certificates.inventory import METRICS_SERVER, METRICS_SERVER_HOST


class MetricsServer(pulumi.ComponentResource):
    """The aggregated API metrics.k8s.io, with a serving certificate of the cluster's authority."""

    def __init__(
        self,
        *,
        plan: Plan,
        tree: CertificateTree,
        pods_after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        facts = {"host": METRICS_SERVER_HOST}
        super().__init__("quorate:addons:MetricsServer", metrics_server.NAME, facts, opts)
        leaf = tree.leaves[None, METRICS_SERVER]
        authority = pulumi.Output.from_input(tree.signers["cluster"].certificate_pem).apply(
            lambda pem: base64.b64encode(pem.encode()).decode()
        )
        secret = metrics_server.secret(leaf.certificate_pem, leaf.private_key_pem)
        served = make([secret, *metrics_server.objects(plan)], parent=self, pods_after=pods_after)
        # Registered when something answers: until then every discovery of the API's kinds would report an error.
        make([metrics_server.api_service(authority)], parent=self, after=served)
        self.register_outputs(facts)
