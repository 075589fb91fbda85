"""Several certificates in one file, as OpenSSL and Go read them."""

from collections.abc import Sequence


def bundle(pems: Sequence[str]) -> str:
    """The certificates in this order. kubeadm takes the first for the one that signs."""
    return "".join(f"{pem.strip()}\n" for pem in pems)
