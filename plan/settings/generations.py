"""Which generations of keys are in use; a rotation changes them in phases (`plan.certificates.rotation`)."""

from plan.settings.model import Model

Generations = tuple[int, ...]


class AuthorityGenerations(Model):
    """The first of each signs, all of them are trusted. Changed by `python -m operations certificates rotate`."""

    cluster: Generations = (1,)
    """The authority of API servers, kubelets and clients."""

    etcd: Generations = (1,)
    """The authority of etcd's members and clients."""

    front_proxy: Generations = (1,)
    """The authority that aggregated API servers trust."""

    def of(self, authority: str) -> Generations:
        """The generations by the authority's name: cluster, etcd, front-proxy."""
        return {"cluster": self.cluster, "etcd": self.etcd, "front-proxy": self.front_proxy}[authority]
