"""Where a tunnel begins: the Instance Connect Endpoint of a VPC, and the URL that opens a connection through it.

The protocol is that of `aws ec2-instance-connect open-tunnel` (AWS CLI, public source): a WebSocket to
`/openTunnel` of the endpoint, authorised by a Signature Version 4 in the query.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from botocore.credentials import Credentials

SERVICE = "ec2-instance-connect"
SIGNED_SECONDS = 60  # how long the URL may be used to open a connection
LONGEST_SECONDS = 3_600  # of one connection (EC2 user guide: `maxTunnelDuration`)
SSH_PORT = 22  # AWS forwards ports 22 and 3389 only


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`id` is `eice-...`, `name` its DNS name. `profile` and `role` choose the credentials, as `aws:` in the stack."""

    id: str
    name: str
    region: str
    profile: str | None = None
    role: str | None = None

    def url(self, address: str, port: int, credentials: "Credentials") -> str:
        """The `wss://` URL, valid for `SIGNED_SECONDS`, that connects to that private address and port."""
        from botocore.auth import SigV4QueryAuth  # noqa: PLC0415 -- a quarter of a second that only a tunnel pays for
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415

        query = {
            "instanceConnectEndpointId": self.id,
            "maxTunnelDuration": str(LONGEST_SECONDS),
            "privateIpAddress": address,
            "remotePort": str(port),
        }
        request = AWSRequest(method="GET", url=f"https://{self.name}/openTunnel?{urlencode(query)}")
        SigV4QueryAuth(credentials, SERVICE, self.region, expires=SIGNED_SECONDS).add_auth(request)
        return f"wss://{str(request.url).removeprefix('https://')}"

    @property
    def words(self) -> tuple[str, ...]:
        """The same as arguments of the tunnel's command line."""
        given = {"--endpoint": self.id, "--name": self.name, "--region": self.region}
        chosen = {"--profile": self.profile, "--role": self.role}
        return tuple(word for key, value in {**given, **chosen}.items() if value for word in (key, value))
