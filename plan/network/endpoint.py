"""The one stable address of the API."""

from dataclasses import dataclass

from plan.nodes import Address

API_PORT = 6443  # kube-apiserver's default secure port, on every node


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What clients dial. `address` is set if it is static (a virtual IP); a cloud balancer has only its name.

    `other_names`: valid in certificates too, such as the previous name.
    """

    name: str
    port: int
    address: Address | None
    other_names: tuple[str, ...] = ()

    @property
    def server(self) -> str:
        """URL for controlPlaneEndpoint and kubeconfigs."""
        return f"https://{self.name}:{self.port}"
