"""Names that DNS, Kubernetes and Linux accept."""

import re
from ipaddress import ip_address

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, in the lower case that Kubernetes wants
VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")  # the value of a Kubernetes label
INTERFACE = re.compile(r"[^\s/:]{1,15}")  # Linux: IFNAMSIZ is 16 with the closing zero
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")  # useradd's rule
LONGEST_NAME = 253  # RFC 1035, as text without the closing dot


def is_label(text: str) -> bool:
    """One DNS label of at most 63 characters."""
    return LABEL.fullmatch(text) is not None


def is_dns_name(text: str) -> bool:
    """One or more DNS labels; not an IPv4 address, which would also be a sequence of labels."""
    return len(text) <= LONGEST_NAME and all(is_label(part) for part in text.split(".")) and not is_address(text)


def is_label_value(text: str) -> bool:
    """What may stand as the value of a Kubernetes label."""
    return VALUE.fullmatch(text) is not None


def is_interface(text: str) -> bool:
    """Name of a network interface."""
    return INTERFACE.fullmatch(text) is not None and text not in {".", ".."}


def is_user(text: str) -> bool:
    """Name of a Linux account."""
    return USER.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """An IP address of either family."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
