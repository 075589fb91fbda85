"""AWS credentials for a tunnel: found where the AWS CLI finds them, with the stack's profile and role."""

from typing import TYPE_CHECKING

from operations.tunnel.failure import TunnelFailed, no_credentials

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from operations.tunnel.endpoint import Endpoint

SESSION = "quorate-operator"  # how CloudTrail names the sessions of an assumed role


def credentials(endpoint: "Endpoint") -> "Credentials":
    """Raises `TunnelFailed`: none, expired ones that cannot be renewed, or a role that may not be assumed."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Endpoint.url
    from botocore.session import Session  # noqa: PLC0415

    session = Session(profile=endpoint.profile)
    try:
        if endpoint.role is not None:
            client = session.create_client("sts", region_name=endpoint.region)
            found = client.assume_role(RoleArn=endpoint.role, RoleSessionName=SESSION)["Credentials"]
            session.set_credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        chosen = session.get_credentials()
        if chosen is None:
            raise no_credentials("none are configured on this computer")
        return chosen.get_frozen_credentials()
    except TunnelFailed:
        raise
    except (BotoCoreError, ClientError) as error:
        raise no_credentials(error) from None
