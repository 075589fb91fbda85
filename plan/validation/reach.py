"""How hosts are reached: SSH, pinned keys, and machines on this computer."""

import base64
import binascii
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_interface, is_label, is_user
from plan.validation import listing
from plan.validation.names import LONGEST_LOCAL_NAME

LAST_PORT = 65_535
KEY_TYPES = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
SHOWN = 40  # characters of a wrong key


def ssh(settings: Settings) -> Iterator[Refusal]:
    """Ports and accounts that can exist."""
    ports = [("ssh.port", settings.ssh.port)]
    ports += [(f"{at}.sshPort", h.ssh_port) for at, h in listing.hosts(settings) if h.ssh_port is not None]
    users = [("ssh.user", settings.ssh.user)]
    users += [(f"{at}.sshUser", h.ssh_user) for at, h in listing.hosts(settings) if h.ssh_user is not None]
    why = "every host is reached by SSH"
    for at, port in ports:
        if not 1 <= port <= LAST_PORT:
            yield Refusal(at=at, bound=f"a port from 1 to {LAST_PORT}", got=port, why=why, fix="usually 22")
    for at, user in users:
        if not is_user(user):
            yield Refusal(at=at, bound="the name of an account", got=repr(user), why=why, fix="such as `root`")


def private_key(settings: Settings) -> Iterator[Refusal]:
    """A path; what is there is looked at by `plan.loading.local_files`."""
    if settings.kind == "hosts" and not settings.ssh.private_key_path.strip():
        at, bound, why = "ssh.privateKeyPath", "the path of a private key", "every host is reached by SSH"
        yield Refusal(at=at, bound=bound, got="missing", why=why, fix="such as `~/.ssh/id_ed25519`")


def host_keys(settings: Settings) -> Iterator[Refusal]:
    """Pinned keys are OpenSSH public keys, each of one host."""
    seen: dict[str, str] = {}
    for at, text in listing.host_keys(settings):
        if not is_public_key(text):
            yield Refusal(
                at=f"{at}.hostKey",
                bound="an OpenSSH public key: its type and its base64 text",
                got=repr(text[:SHOWN]),
                why="only the host that has this key is given secrets",
                fix="take a line of `ssh-keyscan` that you have verified, without the address",
            )
        key = " ".join(text.split()[:2])
        if key in seen:
            yield Refusal(
                at=f"{at}.hostKey",
                bound="a key of its own",
                got=f"the key of {seen[key]}",
                why="it is either the same host listed twice, or a clone that can pose as the other",
                fix="make new host keys with `ssh-keygen -A` on one of them, or correct the entry",
            )
        seen.setdefault(key, at)


def is_public_key(text: str) -> bool:
    """Whether the text is an OpenSSH public key."""
    kind, _, rest = text.partition(" ")
    if kind not in KEY_TYPES or "\n" in text or not rest.strip():
        return False
    try:
        blob = base64.b64decode(rest.split()[0], validate=True)
    except binascii.Error:
        return False
    return blob[4:].startswith(kind.encode())  # RFC 4253: the blob begins with its type, after a length of 4 bytes


def local_machines(settings: Settings) -> Iterator[Refusal]:
    """Machines on this computer need a bridge with an address."""
    machines = settings.local_machines
    if machines is None:
        return
    if settings.kind != "hosts":
        why = "machines are made here or on AWS, not both"
        yield Refusal(at="localMachines", bound="absent on AWS", got="given", why=why, fix="remove it")
        return
    why = "this computer makes the machines and the bridge that connects them"
    if settings.network.gateway is None:
        at, fix = "network.gateway", "give this computer's address on the bridge"
        yield Refusal(at=at, bound="given for local machines", got="missing", why=why, fix=fix)
    if not is_label(machines.fleet) or len(machines.fleet) > LONGEST_LOCAL_NAME:
        at, bound = "localMachines.fleet", f"a DNS label of at most {LONGEST_LOCAL_NAME} characters"
        yield Refusal(at=at, bound=bound, got=repr(machines.fleet), why=why, fix="such as `local`")
    if not is_interface(machines.bridge):
        at, bound = "localMachines.bridge", "the name of a network interface, at most 15 characters"
        yield Refusal(at=at, bound=bound, got=repr(machines.bridge), why=why, fix="such as `quorate0`")
    if machines.memory_megabytes is not None and machines.memory_megabytes < 1:
        at, bound, got = "localMachines.memoryMegabytes", "more than 0", machines.memory_megabytes
        yield Refusal(at=at, bound=bound, got=got, why=why, fix="leave it out for no limit")
