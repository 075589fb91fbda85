"""Sessions with AWS: uses the credentials that the AWS CLI would find, with the stack's profile and role."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.credentials import ReadOnlyCredentials
    from botocore.session import Session

NAME = "quorate-operator"  # the name of assumed-role sessions in CloudTrail
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClient")


class NoSession(Exception):
    """There are no credentials, or AWS rejects them. The message says what to do."""

    def __init__(self, found: object) -> None:
        super().__init__(
            f"no AWS credentials: {found}. Log in again (`aws sso login`, or a new session), or name a profile with "
            "`pulumi config set aws:profile NAME`"
        )


@dataclass(frozen=True, kw_only=True)
class Account:
    """The region and the credentials: `profile` and `role` from `aws:` in the stack's configuration, or None."""

    region: str
    profile: str | None = None
    role: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The same values as command-line arguments."""
        given = {"--region": self.region, "--profile": self.profile, "--role": self.role}
        return tuple(word for key, value in given.items() if value for word in (key, value))

    def client(self, service: str) -> "BaseClient":
        """Create a client of one service. Raises `NoSession`."""
        return self._session().create_client(service, region_name=self.region)

    def credentials(self) -> "ReadOnlyCredentials":
        """Credentials for signing. Raises `NoSession` if they are missing or expired, or if the role is denied."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 -- see _session

        try:
            found = self._session().get_credentials()
            if found is None:
                raise NoSession("none are configured on this computer")
            return found.get_frozen_credentials()
        except BotoCoreError as error:
            raise NoSession(error) from None

    def _session(self) -> "Session":
        # The import takes a quarter of a second; only commands that call AWS should pay for it.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        session = Session(profile=self.profile)
        if self.role is not None:
            try:
                client = session.create_client("sts", region_name=self.region)
                found = client.assume_role(RoleArn=self.role, RoleSessionName=NAME)["Credentials"]
            except (BotoCoreError, ClientError) as error:
                raise NoSession(f"the role {self.role} cannot be assumed: {error}") from None
            session.set_credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return session


def explained(error: Exception) -> Exception:
    """Turn a client's error into one that says what to do: `NoSession` if the credentials are the cause."""
    from botocore.exceptions import ClientError, CredentialRetrievalError, NoCredentialsError  # noqa: PLC0415

    if isinstance(error, ClientError) and error.response["Error"]["Code"] in EXPIRED:
        return NoSession(error)
    return NoSession(error) if isinstance(error, NoCredentialsError | CredentialRetrievalError) else error
