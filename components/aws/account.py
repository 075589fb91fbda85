"""The account and region of the environment."""

from importlib.metadata import version

import pulumi

from components.aws.connection import ProviderSettings
from plan import Plan
from plan.aws import names as aws_names


def provider(plan: Plan, given: ProviderSettings, *, region: str | None = None) -> pulumi.ProviderResource:
    """The AWS provider of the environment, or of another region of its account.

    It refuses credentials of any other account: an environment must not be created twice or in a wrong account.
    """
    aws = aws_names.section(plan.settings)
    fixed = {
        "region": region or aws.region,
        "allowedAccountIds": f'["{aws.account}"]',  # nested configuration is passed as JSON text
    }
    words = [*([plan.settings.cluster] if plan.shared else []), "aws", *([region] if region else [])]
    return pulumi.ProviderResource(
        "aws", "-".join(words), {**given, **fixed}, pulumi.ResourceOptions(version=version("pulumi-aws"))
    )
