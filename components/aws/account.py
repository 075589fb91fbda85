"""The account and region in which everything is made."""

from importlib.metadata import version

import pulumi
import pulumi.runtime
from pulumi.runtime.config import is_config_secret

from plan import Plan
from plan.aws import names as aws_names

# What `aws:` in the stack's configuration may say beside: a profile, a role to assume, endpoints of another AWS.
CONFIGURATION = "aws:"


def provider(plan: Plan, *, region: str | None = None) -> pulumi.ProviderResource:
    """The AWS provider of the environment, or of another region of its account.

    Credentials of any other account are refused: an environment must not be made twice, nor in a stranger's place.
    """
    aws = aws_names.section(plan.settings)
    given: dict[str, pulumi.Input[str]] = {
        # Whoever keeps a key in the stack's configuration keeps it as a secret, and it stays one.
        key.removeprefix(CONFIGURATION): pulumi.Output.secret(text) if is_config_secret(key) else text
        for key, text in pulumi.runtime.get_config_env().items()
        if key.startswith(CONFIGURATION)
    }
    fixed = {
        "region": region or aws.region,
        "allowedAccountIds": f'["{aws.account}"]',  # nested configuration travels as JSON text
    }
    name = "aws" if region is None else f"aws-{region}"
    return pulumi.ProviderResource(
        "aws", name, {**given, **fixed}, pulumi.ResourceOptions(version=version("pulumi-aws"))
    )
