"""`python -m operations.tunnel ADDRESS PORT --endpoint ID --name NAME --region REGION`: for ssh's ProxyCommand."""

import argparse
import sys

from operations.aws.session import Account, NoSession
from operations.tunnel.connection import carry
from operations.tunnel.endpoint import Endpoint
from operations.tunnel.failure import TunnelFailed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m operations.tunnel", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--endpoint", required=True, metavar="ID")
    parser.add_argument("--name", help="DNS name of the endpoint (default: requested from AWS)")
    parser.add_argument("--region", required=True)
    parser.add_argument("--profile")
    parser.add_argument("--role")
    given = parser.parse_args()
    account = Account(region=given.region, profile=given.profile, role=given.role)
    endpoint = Endpoint(id=given.endpoint, name=given.name, account=account)
    try:
        carry(endpoint, given.address, given.port, source=sys.stdin.fileno(), target=sys.stdout.fileno())
    except (TunnelFailed, NoSession) as failed:
        sys.stderr.write(f"tunnel: {failed}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
