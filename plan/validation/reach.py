"""How hosts are reached: SSH, pinned keys, and machines on this computer."""

from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from plan.network.endpoint import API_PORT
from plan.network.port_matrix import NODE_PORTS
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_label, is_printable
from plan.validation import listing
from plan.validation.names import LONGEST_LOCAL_NAME
from plan.visible import secret, shown

KEY_TYPES = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
SHORTEST_RSA = 2_048  # bits


def ssh_ports(settings: Settings) -> Iterator[Refusal]:
    """SSH uses a port that no other program on the host uses."""
    ports = [("ssh.port", settings.ssh.port)]
    ports += [(f"{at}.sshPort", host.ssh_port) for at, host in listing.hosts(settings) if host.ssh_port is not None]
    taken = {**NODE_PORTS, API_PORT: "the API server"}
    for at, port in ports:
        if port in taken and settings.kind == "hosts":
            why, fix = f"the same host runs {taken[port]} on that port", "usually 22"
            yield Refusal(at=at, what="a port that only SSH uses", found=port, why=why, fix=fix)


def private_key(settings: Settings) -> Iterator[Refusal]:
    """The setting is a path, not the key itself; `plan.loading.local_files` reads the file."""
    given, at = settings.ssh.private_key_path, "ssh.privateKeyPath"
    if (kind := secret(given)) is not None:
        yield Refusal(
            at=at,
            what="the path of a private key",
            found=f"{kind} itself (not shown)",
            why="settings are kept in files, states and logs that others can read",
            fix="put the key into a file with mode 600 and set its path; if others saw the settings, create a new key",
        )
    elif settings.kind == "hosts" and not given.strip():
        why, fix = "every host is reached by SSH", "such as `~/.ssh/id_ed25519`"
        yield Refusal(at=at, what="the path of a private key", found="missing", why=why, fix=fix)
    elif given and not is_printable(given):
        why, fix = "the file is read on this computer", "correct the path"
        yield Refusal(at=at, what="a path without control characters", found=shown(given), why=why, fix=fix)


def host_keys(settings: Settings) -> Iterator[Refusal]:
    """Pinned keys are OpenSSH public keys, one for each host."""
    seen: dict[str, str] = {}
    for at, text in listing.host_keys(settings):
        if (problem := public_key_problem(text)) is not None:
            yield Refusal(
                at=f"{at}.hostKey",
                what="an OpenSSH public key: its type and its base64 text",
                found=problem,
                why="secrets are only sent to the host that has this key",
                fix="copy a line of `ssh-keyscan` that you have verified, without the address",
            )
            continue
        key = " ".join(text.split()[:2])
        if key in seen:
            yield Refusal(
                at=f"{at}.hostKey",
                what="a unique key",
                found=f"the key of {seen[key]}",
                why="it is either the same host listed twice, or a clone that can pose as the other",
                fix="make new host keys with `ssh-keygen -A` on one of them, or correct the entry",
            )
        seen.setdefault(key, at)


def public_key_problem(text: str) -> str | None:
    """Why the text is not an OpenSSH public key, without showing a secret; None if it is one."""
    if (kind := secret(text)) is not None and not text.startswith(KEY_TYPES):
        return f"{kind} (not shown)"
    if not text.isascii() or not text.isprintable() or not text.startswith(tuple(f"{kind} " for kind in KEY_TYPES)):
        return shown(text.split(" ", maxsplit=1)[0]) if text.strip() else "empty"
    try:
        key = load_ssh_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        return f"{shown(text.split(maxsplit=1)[0])} and text that is cut off or damaged"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_RSA:
        return f"RSA with {key.key_size} bits, which can be forged"
    return None


def local_machines(settings: Settings) -> Iterator[Refusal]:
    """Machines on this computer need a bridge with an address."""
    machines = settings.local_machines
    if machines is None:
        return
    if settings.kind != "hosts":
        why = "machines are created here or on AWS, not both"
        yield Refusal(at="localMachines", what="left out on AWS", found="set", why=why, fix="remove it")
        return
    why = "this computer creates the machines and the bridge that connects them"
    if settings.network.gateway is None:
        at, fix = "network.gateway", "give this computer's address on the bridge"
        yield Refusal(at=at, what="set for local machines", found="missing", why=why, fix=fix)
    if not is_label(machines.fleet) or len(machines.fleet) > LONGEST_LOCAL_NAME:
        at, what = "localMachines.fleet", f"a DNS label of at most {LONGEST_LOCAL_NAME} characters"
        yield Refusal(at=at, what=what, found=shown(machines.fleet), why=why, fix="such as `local`")
