"""Collects the files of one node: rendered documents, certificates and secrets, each with its path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

import documents
from components.certificate_tree import CertificateTree, Leaf
from components.encryption_key import encryption_key
from components.hosts.resources import PlacedFileArgs
from documents import File, encryption
from documents.kubeconfig import kubeconfig, server
from documents.places import BALANCER_AUTHORITY, ENCRYPTION, PKI, SIGNING
from plan import Certificate, Node, Plan


@dataclass(frozen=True, kw_only=True)
class NodeFiles:
    """`files` are public, `secrets` are not; both by absolute path. `manifest` is the agent's node.json.

    `files` consists of `rendered`, known from the plan, and `issued`, created while the program runs.
    """

    manifest: str
    rendered: Sequence[File]
    files: Mapping[str, PlacedFileArgs]
    issued: Mapping[str, PlacedFileArgs]
    secrets: Mapping[str, PlacedFileArgs]

    @classmethod
    def of(cls, plan: Plan, node: Node, tree: CertificateTree) -> "NodeFiles":
        """Combine the rendered documents with the issued certificates."""
        texts = Contents(plan, node, tree)
        rendered = documents.files(plan, node)
        known = {file.path: PlacedFileArgs(content=file.content, mode=file.mode, step=file.step) for file in rendered}
        public = {
            file.path: PlacedFileArgs(content=texts.public[file.path], mode=file.mode, step=file.step)
            for file in documents.certificate_files(plan, node)
        }
        secret = {
            file.path: PlacedFileArgs(content=texts.secret[file.path], mode=file.mode, step=file.step)
            for file in documents.secret_files(plan, node)
        }
        return cls(
            manifest=documents.manifest(plan, node),
            rendered=rendered,
            files={**known, **public},
            issued=public,
            secrets=secret,
        )


class Contents:
    """Texts by absolute path: `public` (certificates) and `secret` (keys, kubeconfigs, encryption)."""

    def __init__(self, plan: Plan, node: Node, tree: CertificateTree) -> None:
        self._plan = plan
        self._node = node
        self._tree = tree
        self.public: dict[str, pulumi.Input[str]] = {}
        self.secret: dict[str, pulumi.Input[str]] = {}
        for authority in plan.authorities:
            self._pair(
                f"{PKI}/{authority.path}", tree.trust[authority.name], tree.signers[authority.name].private_key_pem
            )
        self.public[SIGNING] = tree.signers["cluster"].certificate_pem
        self.public[BALANCER_AUTHORITY] = tree.trust["cluster"]
        self.public[f"{PKI}/sa.pub"] = tree.service_account.public_key_pem
        self.secret[f"{PKI}/sa.key"] = tree.service_account.private_key_pem
        self.secret[ENCRYPTION] = pulumi.Output.all(*(seed.private_key_pem for seed in tree.encryption)).apply(
            lambda seeds: encryption.configuration(
                keys=[encryption_key(seed) for seed in seeds], encryption=plan.settings.control_plane.encryption
            )
        )
        for certificate in plan.certificates_of(node.name):
            self._leaf(certificate, tree.leaves[node.name, certificate.name])

    def _pair(self, stem: str, certificate: pulumi.Input[str], key: pulumi.Input[str]) -> None:
        self.public[f"{stem}.crt"] = certificate
        self.secret[f"{stem}.key"] = key

    def _leaf(self, certificate: Certificate, leaf: Leaf) -> None:
        if certificate.path is not None:
            self._pair(certificate.path, leaf.certificate_pem, leaf.private_key_pem)
        if certificate.kubeconfig is not None:
            self.secret[certificate.kubeconfig] = self._kubeconfig(certificate.kubeconfig, certificate, leaf)

    def _kubeconfig(self, path: str, certificate: Certificate, leaf: Leaf) -> pulumi.Output[str]:
        url = server(self._plan, self._node, path)
        return pulumi.Output.all(self._tree.trust["cluster"], leaf.certificate_pem, leaf.private_key_pem).apply(
            lambda pems: kubeconfig(
                cluster=self._plan.settings.cluster,
                server=url,
                user=certificate.subject.common_name,
                authority_pem=pems[0],
                certificate_pem=pems[1],
                key_pem=pems[2],
            )
        )
