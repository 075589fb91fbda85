"""The access keys of the emulated account: those of users and of assumed roles."""

from datetime import UTC

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from workbench.cloud.client_environment import KEY, SECRET
from workbench.cloud.services.signature import Key


def find(identity: str) -> Key | None:
    """The key with this identity. `owner`: the ARN of its user or of its assumed role."""
    if identity == KEY:
        return Key(secret=SECRET, owner="operator")
    for account in list(sts_backends.values()):
        for backend in list(account.values()):
            assumed = backend.get_assumed_role_from_access_key(identity)
            if assumed is not None:
                return Key(
                    secret=assumed.secret_access_key,
                    owner=assumed.arn,
                    token=assumed.session_token,
                    expires=assumed.expiration.replace(tzinfo=UTC),
                )
    for users in list(iam_backends.values()):
        for iam in list(users.values()):
            for user in list(iam.users.values()):
                for key in user.access_keys:
                    if key.access_key_id == identity and key.status == "Active":
                        return Key(secret=key.secret_access_key, owner=user.arn)
    return None
