"""The `tls` provider: check, diff, create, update and read of its four resources."""

import sys

from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.plugin import run
from provider.protocol.values import UNKNOWN, Properties, secret
from workbench.stand_ins.stand_in import StandIn
from workbench.stand_ins.tls import certificates, checks, keys
from workbench.stand_ins.tls.schema import CHANGES_IN_PLACE, KINDS, SECRETS, token

VERSION = "5.6.2"  # of the SDK in requirements.in

MAKERS = {
    "PrivateKey": keys.make,
    "CertRequest": certificates.request,
    "SelfSignedCert": certificates.self_signed,
    "LocallySignedCert": certificates.locally_signed,
}


class Tls(StandIn):
    """Decides like the official provider: changes, replacements and secrets."""

    name = "tls"
    title = "tls stand-in"
    version = VERSION
    types = frozenset(token(kind) for kind in KINDS)

    def check(self, request: Request) -> Checked:
        """Every problem of the new inputs."""
        return Checked(inputs=request.inputs, problems=checks.problems(KINDS[request.kind], request.inputs))

    def diff(self, request: Request) -> Change:
        """Changed inputs; an ordinary preview already replaces a certificate in its early renewal."""
        kind = KINDS[request.kind]
        defaults = {**dict.fromkeys(kind.required), **kind.optional}
        old = request.old_inputs or request.state
        changed = [
            name for name, default in defaults.items() if _or(old, name, default) != _or(request.inputs, name, default)
        ]
        replacing = [name for name in changed if name not in CHANGES_IN_PLACE]
        if "readyForRenewal" in kind.computed and certificates.due(request.state, _early(request.inputs)):
            changed.append("readyForRenewal")
            replacing.append("readyForRenewal")
        return Change(paths=dict.fromkeys(changed, Difference.CHANGED), replacing=replacing)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Create a new key, request or certificate."""
        kind = KINDS[request.kind]
        inputs = {**kind.optional, **{name: value for name, value in request.inputs.items() if value is not None}}
        if request.preview:
            return "", _state({**inputs, **dict.fromkeys(kind.computed, UNKNOWN)})
        identity, made = MAKERS[request.kind](inputs)
        return identity, _state({**inputs, **made})

    def update(self, request: Request) -> Properties:
        """Only inputs that are not part of the certificate change in place."""
        return _state({**request.state, **request.inputs})

    def read(self, request: Request) -> Found:
        """The state, and whether renewal is due."""
        if not request.state:
            message = f"a {request.kind} cannot be imported: its private parts exist only in the state"
            raise Refused(message)
        state = request.state
        if "readyForRenewal" in KINDS[request.kind].computed:
            state = {**state, "readyForRenewal": certificates.due(state, _early(state))}
        return Found(inputs=request.inputs, state=_state(state))

    def delete(self, request: Request) -> None:
        """Do nothing: keys and certificates exist only in the state."""


def _or(properties: Properties, name: str, default: object) -> object:
    value = properties.get(name)
    return default if value is None else value


def _early(properties: Properties) -> int:
    hours = properties.get("earlyRenewalHours")
    return hours if isinstance(hours, int) else 0


def _state(properties: Properties) -> Properties:
    known = {name: value for name, value in properties.items() if value is not None}
    return {name: secret(value) if name in SECRETS else value for name, value in known.items()}


def main() -> None:
    """Serve the engine."""
    run(Tls(), sys.argv[1:])
