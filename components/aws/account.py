"""The account and region of the environment."""

from importlib.metadata import version

import pulumi
import pulumi.runtime
from pulumi.runtime.config import is_config_secret

from plan import Plan
from plan.aws import names as aws_names

# Other keys under `aws:` in the stack's configuration: a profile, a role to assume, endpoints of another AWS.
CONFIGURATION = "aws:"


def provider(plan: Plan, *, region: str | None = None) -> pulumi.ProviderResource:
    """The AWS provider of the environment, or of another region of its account.

    It refuses credentials of any other account: an environment must not be created twice or in a wrong account.
    """
    aws = aws_names.section(plan.settings)
    given: dict[str, pulumi.Input[str]] = {
        # If the stack's configuration has a key as a secret, it stays a secret.
        key.removeprefix(CONFIGURATION): pulumi.Output.secret(text) if is_config_secret(key) else text
        for key, text in pulumi.runtime.get_config_env().items()
        if key.startswith(CONFIGURATION)
    }
    fixed = {
        "region": region or aws.region,
        "allowedAccountIds": f'["{aws.account}"]',  # nested configuration is passed as JSON text
    }
    name = "aws" if region is None else f"aws-{region}"
    return pulumi.ProviderResource(
        "aws", name, {**given, **fixed}, pulumi.ResourceOptions(version=version("pulumi-aws"))
    )
