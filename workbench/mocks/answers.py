"""Responses of the engine and its providers: real keys and certificates, and the inputs for other types."""

import threading
from collections.abc import Mapping
from typing import cast

from pulumi.runtime import mocks

from provider.protocol.values import SIGNATURE, Properties, secret
from workbench.stand_ins.tls import certificates, keys

MAKERS = {
    "PrivateKey": keys.make,
    "CertRequest": certificates.request,
    "SelfSignedCert": certificates.self_signed,
    "LocallySignedCert": certificates.locally_signed,
}
CERTIFICATE: Properties = {"isCaCertificate": False, "setSubjectKeyId": False, "maxPathLength": None}
DEFAULTS: Mapping[str, Properties] = {
    "PrivateKey": {"ecdsaCurve": "P224", "rsaBits": 2048},
    "SelfSignedCert": {**CERTIFICATE, "setAuthorityKeyId": False, "dnsNames": None, "ipAddresses": None, "uris": None},
    "LocallySignedCert": {**CERTIFICATE},
}


class Answers(mocks.Mocks):
    """`preview=True`: only inputs are known, as before a first update."""

    def __init__(self, *, preview: bool = False) -> None:
        self._preview = preview
        self._count = 0
        self._lock = threading.Lock()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, object]]:
        """Identity and state of a new resource."""
        inputs: dict[str, object] = dict(args.inputs)
        if args.custom is False or self._preview:
            return "", inputs
        if args.typ.startswith("tls:"):
            return _issued(args.typ.rsplit(":", 1)[-1], inputs)
        with self._lock:
            self._count += 1
            number = self._count
        if args.typ == "quorate:local:Machine":
            return args.name, {**inputs, "generation": f"generation-{number}", "hostKey": f"ssh-ed25519 KEY{number}"}
        if args.typ == "quorate:hosts:Node":
            return args.name, {**inputs, "hostKey": "ssh-ed25519 LEARNT", "member": True, "drift": []}
        return f"{args.name}-{number}", inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, object], list[tuple[str, str]] | None]:
        """Refuse calls: only an AWS environment calls provider functions."""
        raise NotImplementedError(f"the program calls {args.token}, which has no response here; add one to this class")


def _issued(kind: str, inputs: dict[str, object]) -> tuple[str, dict[str, object]]:
    clear = cast("Properties", _clear(inputs))
    identity, made = MAKERS[kind]({**DEFAULTS.get(kind, {}), **clear})
    # No outputs: this thread's event loop never runs, and the program's end would now and then wait for one forever.
    hidden = {k: secret(v) for k, v in made.items() if k.startswith("privateKey")}
    return identity, {**inputs, **made, **hidden}


def _clear(value: object) -> object:
    if isinstance(value, dict):  # every special value here is a secret
        return _clear(value["value"]) if SIGNATURE in value else {k: _clear(v) for k, v in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)  # on the wire every number is a float
    return [_clear(v) for v in value] if isinstance(value, list) else value
