"""Files that EC2 and its image put on the root disk of an instance before the first boot."""

import subprocess
from ipaddress import IPv4Network

from provider.local.machines import disk
from provider.local.machines.place import Place
from workbench.cloud.metadata.tree import host_name
from workbench.cloud.network.subnets import resolver, router
from workbench.cloud.state import Instance

INTERFACE = "host0"  # what systemd-nspawn calls the only interface; Debian's image on EC2 calls it ens5
BUNDLE = "etc/ssl/certs/ca-certificates.crt"


def write(place: Place, instance: Instance, authority: str) -> None:
    """Address, name server and trusted authorities. `authority`: PEM of the authority that signs for AWS's names."""
    disk.write(place, "etc/hostname", f"{host_name(instance).partition('.')[0]}\n")
    disk.write(place, "etc/hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n")
    disk.write(place, "etc/resolv.conf", resolv_conf(instance))
    disk.write(place, f"etc/systemd/network/10-{INTERFACE}.network", network(instance))
    made = disk.find(place)
    trusted = (made.image / BUNDLE).read_text(encoding="utf-8") if made is not None else ""
    disk.write(place, BUNDLE, trusted + authority)
    # OpenSSL finds it by the hash of its name, too.
    disk.write(place, f"etc/ssl/certs/{_hash(authority)}.0", authority)


def network(instance: Instance) -> str:
    """The systemd.network file, which replaces DHCP on EC2."""
    cidr: IPv4Network = instance.subnet.cidr
    return (
        f"[Match]\nName={INTERFACE}\n\n"
        f"[Link]\nMACAddress={instance.mac}\nRequiredForOnline=yes\n\n"
        "[Network]\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n\n"
        f"[Address]\nAddress={instance.address}/{cidr.prefixlen}\n\n"
        f"[Route]\nGateway={router(cidr)}\n"
    )


def resolv_conf(instance: Instance) -> str:
    """The VPC's name server."""
    return f"nameserver {resolver(instance.subnet.vpc_cidr)}\nsearch {host_name(instance).partition('.')[2]}\n"


def _hash(certificate: str) -> str:
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-subject_hash"], input=certificate, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
