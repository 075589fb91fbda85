"""The image behind every AMI of the emulated cloud: the parts of Debian's EC2 image that a container needs."""

from provider.local.machines.recipe import Recipe
from workbench.cloud.instances import computer
from workbench.cloud.instances.computer import PARAMETERS

SUITE = "bookworm"

# Packages of a plain EC2 image. Nodes must install everything else that Kubernetes needs.
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "udev",
    "openssh-server",
    "cloud-init",
    "cloud-guest-utils",
    "sudo",
    "python3",
    # a dependency of cloud-init that debootstrap does not find, because only virtual packages name it
    "python3-cffi-backend",
    "chrony",
    "ca-certificates",
    "curl",
    "iproute2",
    "iputils-ping",
    "kmod",
    "less",
    "locales",
    "mount",
    "openssl",
    "procps",
    "xfsprogs",
)

# systemd-nspawn mounts these read-only; on an instance they are writable from the start.
_WRITABLE = f"""\
[Unit]
Description=Control groups and kernel parameters are writable, those of the whole computer as copies
DefaultDependencies=no
After=local-fs.target systemd-sysctl.service
Before=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for place in /sys/fs/cgroup /sys/fs/cgroup/* /proc/sys; do \\
    if mountpoint -q $place; then mount -o remount,bind,rw $place; fi; done; \\
    mkdir -p /run/parameters; for name in {" ".join(PARAMETERS)}; do \\
    copy=/run/parameters/$(echo $name | tr / .); cat /proc/sys/$name > $copy; mount --bind $copy /proc/sys/$name; done'
[Install]
WantedBy=sysinit.target
"""

_PRESET = """\
enable ssh.service
enable systemd-networkd.service
enable systemd-networkd-wait-online.service
enable chrony.service
enable cloud-init.service
enable cloud-config.service
enable cloud-final.service
enable container-writable.service
disable *
"""

# Addresses are on the disk before the boot, as no DHCP server answers here.
_CLOUD = """\
datasource_list: [Ec2]
system_info:
  default_user:
    name: admin
    lock_passwd: true
    groups: [adm, sudo]
    sudo: ["ALL=(ALL) NOPASSWD:ALL"]
    shell: /bin/bash
locale: false
network:
  config: disabled
"""

# cloud-init recognizes EC2 by the identity of its hypervisor, and uses sessions of the metadata service (IMDSv2) only
# then. It is missing in a container's /sys, so the image's cloud-init reads it from a file.
_UUID = "/usr/lib/hypervisor/uuid"
_EDIT = ("usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py", "/sys/hypervisor/uuid", _UUID)

IMAGE = Recipe(
    suite=SUITE,
    packages=PACKAGES,
    files={
        "etc/systemd/system/container-writable.service": _WRITABLE,
        "etc/systemd/system-preset/00-image.preset": _PRESET,
        "etc/cloud/cloud.cfg.d/90-ec2.cfg": _CLOUD,
        # An empty unit is masked; before the network is up, it would wait a minute for a DHCP lease.
        "etc/systemd/system/cloud-init-local.service": "",
        _UUID.lstrip("/"): "ec2e1916-9099-7caf-fd21-012345abcdef\n",
        "etc/fstab": "",
        **computer.files(),
    },
    folders=("var/lib/containerd",),
    unwanted=(
        "etc/ssh/ssh_host_*",
        "etc/machine-id",
        "var/lib/dbus/machine-id",
        "etc/hostname",
        "etc/resolv.conf",
        "var/cache/apt/archives/*.deb",
    ),
    edits=(_EDIT,),
)
