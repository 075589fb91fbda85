"""Security groups: protocols without ports, descriptions of rules between groups, groups that are still in use."""

from collections.abc import Callable

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupBackend, SecurityGroupRule

from workbench.cloud.replacing import arguments, instead_of


@instead_of(SecurityGroupRule, "__init__")
def rule(original: Callable[..., None], self: SecurityGroupRule, *given: object, **named: object) -> None:
    """A protocol such as 112 (VRRP) has no ports, which AWS writes as -1."""
    called = dict(arguments(original, self, *given, **named))
    ports = {port: -1 for port in ("from_port", "to_port") if called.get(port) is None}
    original(**{**called, **ports})


def _description(self: SecurityGroupRule) -> str | None:
    return self.ip_range.get("Description") or self.source_group.get("Description")


SecurityGroupRule.description = property(_description)  # type: ignore[assignment]  # a property in moto as well


@instead_of(SecurityGroupBackend, "delete_security_group")
def delete(
    original: Callable[..., None], self: SecurityGroupBackend, name: str | None = None, group_id: str | None = None
) -> None:
    """Refuse while an interface or a rule of another group names it."""
    groups = [each for known in self.groups.values() for each in known.values()]
    used = any(group_id in _ids(eni.group_set) for eni in self.enis.values())  # type: ignore[attr-defined]  # one class
    if group_id and (used or any(_names(group, group_id) for group in groups if group.id != group_id)):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    original(self, name, group_id)


@instead_of(SecurityGroupBackend, "revoke_security_group_ingress")
def revoke_ingress(original: Callable[..., None], self: SecurityGroupBackend, *given: object, **named: object) -> None:
    """Report a deleted rule as not found, which the Terraform provider expects after a deletion."""
    called = arguments(original, self, *given, **named)
    _check_rules(self, str(called["group_name_or_id"]), called.get("security_rule_ids"))
    original(self, *given, **named)


@instead_of(SecurityGroupBackend, "revoke_security_group_egress")
def revoke_egress(original: Callable[..., None], self: SecurityGroupBackend, *given: object, **named: object) -> None:
    """The same for egress rules."""
    called = arguments(original, self, *given, **named)
    _check_rules(self, str(called["group_name_or_id"]), called.get("security_rule_ids"))
    original(self, *given, **named)


def _check_rules(backend: SecurityGroupBackend, group_id: str, wanted: object) -> None:
    group = backend.get_security_group_from_id(group_id)
    known = {each.id for each in (*group.ingress_rules, *group.egress_rules)} if group is not None else set()
    for rule_id in wanted if isinstance(wanted, list) else []:
        if rule_id not in known:
            message = f"The security group rule ID '{rule_id}' does not exist"
            raise EC2ClientError("InvalidSecurityGroupRuleId.NotFound", message)


def _ids(groups: list[SecurityGroup]) -> list[str]:
    return [each.id for each in groups]


def _names(group: SecurityGroup, group_id: str) -> bool:
    rules = [*group.ingress_rules, *group.egress_rules]
    return any(each.source_group.get("GroupId") == group_id for each in rules)
