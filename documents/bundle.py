"""Bundles several certificates in one file, as OpenSSL and Go read them."""

from collections.abc import Sequence

END = "-----END CERTIFICATE-----"


def first(pems: str) -> str:
    """The first certificate in a text that may contain several."""
    return f"{pems.partition(END)[0].strip()}\n{END}\n"


def bundle(pems: Sequence[str]) -> str:
    """The certificates in this order. kubeadm uses the first one to sign."""
    return "".join(f"{pem.strip()}\n" for pem in pems)
