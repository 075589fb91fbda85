"""boto3's clients of an emulated cloud."""

from dataclasses import dataclass

import boto3
from botocore.client import BaseClient
from botocore.config import Config

from workbench.cloud.project import REGION


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Clients with one set of credentials."""

    endpoint: str
    key: str = "emulated"
    secret: str = "emulated"
    token: str | None = None

    def client(self, service: str) -> BaseClient:
        config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
        session = boto3.Session(self.key, self.secret, self.token, region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint, config=config)
