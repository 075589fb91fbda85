"""Finds the secret of a call, so that policies which name one apply; moto only does this for S3, IAM and SQS."""

from moto.secretsmanager.responses import SecretsManagerResponse


def _determine_resource(self: SecretsManagerResponse) -> str:
    name = self._get_param("SecretId")
    secret = self.backend.secrets.get(name) if name else None
    return secret.arn if secret is not None else "*"


# The method name that moto expects.
SecretsManagerResponse._determine_resource = _determine_resource  # type: ignore[attr-defined]  # noqa: SLF001
