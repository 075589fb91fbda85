"""The `tls` provider: check, diff, create, update and read of its four resources."""

from pulumi.runtime.proto import provider_pb2_grpc

from provider.protocol.serving import serve
from provider.protocol.values import UNKNOWN, Properties, secret
from workbench.stand_ins.resource import Change, Found, Provider, Refused, Resource
from workbench.stand_ins.service import Service
from workbench.stand_ins.tls import certificates, checks, keys
from workbench.stand_ins.tls.schema import CHANGES_IN_PLACE, KINDS, SECRETS, token

VERSION = "5.6.2"  # of the SDK that is followed, see requirements.in

MAKERS = {
    "PrivateKey": keys.make,
    "CertRequest": certificates.request,
    "SelfSignedCert": certificates.self_signed,
    "LocallySignedCert": certificates.locally_signed,
}


class Tls(Provider):
    """Decides as the official provider does: what changes, what replaces, what is secret."""

    name = "tls"
    version = VERSION
    types = frozenset(token(kind) for kind in KINDS)

    def check(self, resource: Resource) -> list[str]:
        """Every problem of the new inputs."""
        return checks.problems(KINDS[resource.kind], resource.inputs)

    def diff(self, resource: Resource) -> Change:
        """Changed inputs; a certificate inside its early renewal is replaced in an ordinary preview already."""
        kind = KINDS[resource.kind]
        defaults = {**dict.fromkeys(kind.required), **kind.optional}
        old = resource.old_inputs or resource.state
        changed = [
            name for name, default in defaults.items() if _or(old, name, default) != _or(resource.inputs, name, default)
        ]
        replacing = [name for name in changed if name not in CHANGES_IN_PLACE]
        if "readyForRenewal" in kind.computed and certificates.due(resource.state, _early(resource.inputs)):
            changed.append("readyForRenewal")
            replacing.append("readyForRenewal")
        return Change(properties=tuple(changed), replacing=tuple(replacing))

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """A new key, request or certificate."""
        kind = KINDS[resource.kind]
        inputs = {**kind.optional, **{name: value for name, value in resource.inputs.items() if value is not None}}
        if resource.preview:
            return "", _state({**inputs, **dict.fromkeys(kind.computed, UNKNOWN)})
        identity, made = MAKERS[resource.kind](inputs)
        return identity, _state({**inputs, **made})

    def update(self, resource: Resource) -> Properties:
        """Only inputs that are not part of the certificate change in place."""
        return _state({**resource.state, **resource.inputs})

    def read(self, resource: Resource) -> Found:
        """The state, with the answer to whether renewal is due."""
        if not resource.state:
            message = f"a {resource.kind} cannot be imported: its private parts are nowhere but in the state"
            raise Refused(message)
        state = resource.state
        if "readyForRenewal" in KINDS[resource.kind].computed:
            state = {**state, "readyForRenewal": certificates.due(state, _early(state))}
        return Found(inputs=resource.inputs, state=_state(state))


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
    """Serve the engine; an answer is short work, so a few threads suffice."""
    service = Service(Tls())
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server), workers=16)
