"""Ignores statements against requests without TLS: loopback represents TLS here, and moto reads no conditions."""

from collections.abc import Callable

from moto.iam.access_control import IAMPolicyStatement, PermissionResult

from workbench.cloud.replacing import instead_of

WITHOUT_TLS = "aws:SecureTransport"


@instead_of(IAMPolicyStatement, "is_action_permitted")
def is_action_permitted(
    original: Callable[..., PermissionResult], self: IAMPolicyStatement, *given: object, **named: object
) -> PermissionResult:
    """Skip a denial of requests without TLS."""
    statement = self._statement
    tested = statement.get("Condition", {}).get("Bool", {})
    if statement["Effect"] == "Deny" and str(tested.get(WITHOUT_TLS, "")).lower() == "false":
        return PermissionResult.NEUTRAL
    return original(self, *given, **named)
