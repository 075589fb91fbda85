"""The Instance Connect Endpoint of a VPC, and the URL that opens a connection through it.

It uses the protocol of `aws ec2-instance-connect open-tunnel` (AWS CLI, public source): a WebSocket to the endpoint's
`/openTunnel`, authorised by a Signature Version 4 in the query.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from operations.aws.session import Account, explained
from operations.tunnel.failure import TunnelFailed

SERVICE = "ec2-instance-connect"
SIGNED_SECONDS = 60  # seconds for which the URL can open a connection
LONGEST_SECONDS = 3_600  # longest duration of one connection (EC2 user guide: `maxTunnelDuration`)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`id` is `eice-...`, `name` its DNS name; if None, it is requested from AWS."""

    id: str
    account: Account
    name: str | None = None

    def url(self, address: str, port: int) -> str:
        """The `wss://` URL, valid for `SIGNED_SECONDS`, that connects to that private address and port.

        Raises `NoSession` and `TunnelFailed`.
        """
        from botocore.auth import SigV4QueryAuth  # noqa: PLC0415 -- see Account
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415

        query = {
            "instanceConnectEndpointId": self.id,
            "maxTunnelDuration": str(LONGEST_SECONDS),
            "privateIpAddress": address,
            "remotePort": str(port),
        }
        request = AWSRequest(method="GET", url=f"https://{self.name or self._found()}/openTunnel?{urlencode(query)}")
        signer = SigV4QueryAuth(self.account.credentials(), SERVICE, self.account.region, expires=SIGNED_SECONDS)
        signer.add_auth(request)
        return f"wss://{str(request.url).removeprefix('https://')}"

    @property
    def words(self) -> tuple[str, ...]:
        """The same values as arguments of the tunnel's command line."""
        name = ("--name", self.name) if self.name else ()
        return ("--endpoint", self.id, *name, *self.account.words)

    def _found(self) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Account

        try:
            client = self.account.client("ec2")
            answer = client.describe_instance_connect_endpoints(InstanceConnectEndpointIds=[self.id])
            return str(answer["InstanceConnectEndpoints"][0]["DnsName"])
        except (BotoCoreError, ClientError, IndexError) as error:
            raise TunnelFailed(f"the DNS name of {self.id} is not known: {explained(error)}") from None
