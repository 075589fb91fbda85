"""A network namespace for this process and all that it starts: the cloud's network is separate from the computer's.

The kernel removes it, with every bridge in it, when the last of these processes ends.
"""

import ctypes
import os
from pathlib import Path

from provider.local.machines.command import output

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET, linux/sched.h


def enter() -> None:
    """Move this process, which must have no other thread yet, into a new network namespace. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    ip("link", "set", "dev", "lo", "up")
    set_parameter("net/ipv4/ip_forward", "1")
    # The router has addresses that are not on any interface (resolver, services, balancers).
    set_parameter("net/ipv4/conf/all/rp_filter", "0")
    set_parameter("net/ipv4/conf/default/rp_filter", "0")


def ip(*words: str) -> str:
    """Run ip(8) in this namespace. Raises `Unable`."""
    return output(["ip", *words], why="instances need their network", fix="see the message")


def set_parameter(name: str, value: str) -> None:
    """Set a kernel parameter of this namespace: /proc/sys shows the parameters of the process that reads it."""
    Path("/proc/sys", name).write_text(value, encoding="ascii")


def add_address(address: str, device: str = "lo") -> None:
    """Give the router an address, with or without a prefix length, if it does not have it yet."""
    if f" {address.partition('/')[0]}/" not in ip("-oneline", "address", "show", "dev", device):
        ip("address", "add", address if "/" in address else f"{address}/32", "dev", device)
