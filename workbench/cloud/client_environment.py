"""The environment in which every AWS client of a command uses the emulated cloud, and only that."""

from collections.abc import Mapping

KEY = "emulated"  # credentials of the operator, who has all rights
SECRET = KEY

# Variables that could lead a client to a real account, or to real credentials.
_REAL = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)


def emulated(given: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """`given` for a cloud at `endpoint`. Every AWS SDK since 2023 reads AWS_ENDPOINT_URL for all of its services."""
    kept = {
        name: value for name, value in given.items() if name not in _REAL and not name.startswith("AWS_ENDPOINT_URL_")
    }
    return {
        **kept,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
