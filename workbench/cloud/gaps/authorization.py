"""Which secret a call is about, so that policies which name one decide; moto asks for none but S3, IAM and SQS."""

from moto.secretsmanager.responses import SecretsManagerResponse


def _determine_resource(self: SecretsManagerResponse) -> str:
    name = self._get_param("SecretId")
    secret = self.backend.secrets.get(name) if name else None
    return secret.arn if secret is not None else "*"


# The method that moto looks for.
SecretsManagerResponse._determine_resource = _determine_resource  # type: ignore[attr-defined]  # noqa: SLF001
