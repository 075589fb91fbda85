"""Parses the name of an EC2 instance type (EC2: "Naming conventions")."""

import re
from dataclasses import dataclass

from plan.settings.aws_machines import Architecture

TYPE = re.compile(
    r"(?P<family>[a-z]{1,4})(?P<generation>[0-9]{1,2})(?P<options>[a-z]{0,4})(-[a-z0-9]{1,8})?"
    r"\.(?P<size>nano|micro|small|medium|large|[0-9]{0,3}xlarge|metal(-[0-9]{1,3}xl)?)"
)
TOO_SMALL = ("nano", "micro", "small")  # below the two processors and 2 GiB that kubeadm's preflight requires


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """`processors` is None if the name does not contain it: bare metal, and types that are too small anyway."""

    name: str
    size: str
    architecture: Architecture
    processors: int | None


def instance_type_of(name: str) -> InstanceType | None:
    """The parts of the name; None if it is not a possible type."""
    match = TYPE.fullmatch(name)
    if match is None:
        return None
    family, options, size = match["family"], match["options"], match["size"]
    # Graviton's types are marked with a g after the generation; a1 was the first.
    arm = "g" in options or (family, options) == ("a", "")
    return InstanceType(
        name=name,
        size=size,
        architecture="arm64" if arm else "amd64",
        processors=_processors(family, size),
    )


def _processors(family: str, size: str) -> int | None:
    if size.endswith("xlarge"):
        return 4 * int(size.removesuffix("xlarge") or 1)
    if size == "large":
        return 2
    if size == "medium":
        return 2 if family == "t" else 1  # burstable ones share two
    return None
