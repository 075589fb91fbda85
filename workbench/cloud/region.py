"""The real parts of the emulated cloud, which follow moto's records."""

import hashlib
import socket
import threading
import traceback
from pathlib import Path

from workbench.cloud import operator, state
from workbench.cloud.access.tunnel import CONNECT_SECONDS, Tunnels
from workbench.cloud.balancer import health
from workbench.cloud.balancer.keeping import BalancerKeeping
from workbench.cloud.folder import BUNDLE, HOSTS
from workbench.cloud.gaps.instance_connect import Endpoint, endpoints
from workbench.cloud.instances.keeping import Instances
from workbench.cloud.journal import Application
from workbench.cloud.metadata.credentials import Credentials
from workbench.cloud.metadata.service import ADDRESS, MetadataService
from workbench.cloud.network.keeping import Network
from workbench.cloud.network.namespace import add_address
from workbench.cloud.services import addresses, tls
from workbench.cloud.services.addresses import PUBLIC, S3
from workbench.cloud.services.authority import Authority
from workbench.cloud.services.front import Front
from workbench.cloud.volumes.keeping import Volumes

PAUSE, AFTER_A_FAILURE = 0.2, 1.0  # seconds between two reads of the records


def fleet(folder: Path) -> str:
    """The name of a cloud's machines on this computer. `folder` is the cloud's own."""
    return f"aws-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"


class Region:
    """All real parts of one cloud. The process must already be in its own network namespace."""

    def __init__(self, application: Application, authority: Authority, folder: Path, *, tunnels: socket.socket) -> None:
        self._folder = folder
        operator.write_bundle(folder / BUNDLE, authority.pem)
        add_address(ADDRESS)
        self._volumes = Volumes(folder / "volumes")
        self._balancers = BalancerKeeping(folder / "balancers")
        health.report(self._balancers)
        self._network = Network(balancers=self._balancers)
        self.instances = Instances(
            fleet(folder), authority=authority.pem, prepare=self._network.prepare, volumes=self._volumes
        )
        self._metadata = MetadataService(self.instances.at, Credentials())
        self._tunnels = Tunnels(tunnels, authority.server(), _into)
        self._front, self._context = Front(application), authority.server()
        self._served: set[str] = set()
        self._serve()
        self._name_endpoints()
        self._ended = threading.Event()
        self._loop = threading.Thread(target=self._keep, name="region", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """Stop everything and delete all disks."""
        self._ended.set()
        self._loop.join()
        self._tunnels.stop()
        self._metadata.stop()
        self.instances.stop()
        self._balancers.stop()
        self._volumes.stop()

    def _keep(self) -> None:
        while not self._ended.is_set():
            pause = PAUSE
            for look in (
                self._network.look,
                self.instances.look,
                self._volumes.sweep,
                self._balancers.look,
                self._serve,
                self._name_endpoints,
            ):
                try:
                    look()
                except Exception:  # noqa: BLE001 -- one bad record must not stop the cloud; its log has the reason
                    traceback.print_exc()
                    pause = AFTER_A_FAILURE
            self._ended.wait(pause)

    def _serve(self) -> None:
        wanted = {PUBLIC, S3, *(address for endpoint in addresses.endpoints() for address in endpoint.addresses)}
        for address in sorted(wanted - self._served):
            add_address(address)
            tls.serve(self._front, self._context, address)
            self._served.add(address)

    def _name_endpoints(self) -> None:
        operator.write_hosts(self._folder / HOSTS, [each.dns_name for each in endpoints()], self._tunnels.address)


def _into(endpoint: Endpoint, address: str, port: int) -> socket.socket:
    """A connection to an instance, from the address of the endpoint's interface."""
    if address not in {each.address for each, _ in state.instances().values() if each.subnet.vpc == endpoint.vpc}:
        raise OSError(f"{address} is not an instance of the endpoint's VPC")
    add_address(endpoint.address)
    return socket.create_connection((address, port), timeout=CONNECT_SECONDS, source_address=(endpoint.address, 0))
