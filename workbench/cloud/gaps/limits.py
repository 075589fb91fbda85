"""Sizes that AWS refuses, from the quota pages of each service."""

import base64
from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.instances import InstanceResponse
from moto.iam.exceptions import LimitExceededException
from moto.iam.models import IAMBackend
from moto.secretsmanager.exceptions import InvalidParameterException
from moto.secretsmanager.models import SecretsManagerBackend
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import Parameter, SimpleSystemManagerBackend

from workbench.cloud.replacing import arguments, instead_of

USER_DATA_BYTES = 16_384  # before base64
SECRET_BYTES = 65_536
ROLE_POLICY_CHARACTERS = 10_240  # all inline policies of a role together, white space not counted
PARAMETER_CHARACTERS = {"Standard": 4_096, "Advanced": 8_192}


@instead_of(InstanceResponse, "run_instances")
def run_instances(original: Callable[..., ActionResult], self: InstanceResponse) -> ActionResult:
    """Limit user data."""
    data = self._get_param("UserData") or ""
    if len(base64.b64decode(data)) > USER_DATA_BYTES:
        raise EC2ClientError("InvalidParameterValue", f"User data is limited to {USER_DATA_BYTES} bytes")
    return original(self)


@instead_of(SecretsManagerBackend, "_add_secret")
def add_secret(original: Callable[..., object], self: SecretsManagerBackend, *given: object, **named: object) -> object:
    """Limit a secret's value in every call that adds one."""
    called = arguments(original, self, *given, **named)
    for name in ("secret_string", "secret_binary"):
        value = called.get(name)
        if isinstance(value, str | bytes) and len(value.encode() if isinstance(value, str) else value) > SECRET_BYTES:
            raise InvalidParameterException(f"The secret value exceeds the limit of {SECRET_BYTES} bytes.")
    return original(self, *given, **named)


@instead_of(IAMBackend, "put_role_policy")
def put_role_policy(
    original: Callable[..., None], self: IAMBackend, role_name: str, policy_name: str, policy_json: str
) -> None:
    """Limit inline policies of a role."""
    others = [text for name, text in self.get_role(role_name).policies.items() if name != policy_name]
    if sum(len("".join(text.split())) for text in (*others, policy_json)) > ROLE_POLICY_CHARACTERS:
        message = f"Maximum policy size of {ROLE_POLICY_CHARACTERS} bytes exceeded for role {role_name}"
        raise LimitExceededException(message)
    original(self, role_name, policy_name, policy_json)


@instead_of(SimpleSystemManagerBackend, "put_parameter")
def put_parameter(
    original: Callable[..., Parameter], self: SimpleSystemManagerBackend, *given: object, **named: object
) -> Parameter:
    """Limit a parameter's value."""
    called = arguments(original, self, *given, **named)
    value, tier = called.get("value"), str(called.get("tier") or "Standard")
    largest = PARAMETER_CHARACTERS.get(tier, PARAMETER_CHARACTERS["Advanced"])
    if isinstance(value, str) and len(value) > largest:
        raise ValidationException(f"{tier} tier parameters support a maximum parameter value of {largest} characters.")
    return original(self, *given, **named)
