"""A type as the provider and the SDK would make it: an instance with a disk, tags and addresses."""

from workbench.stand_ins.aws.shape import Field, Kind, ResourceType, Shape

TEXT, NUMBER, BOOL = (Shape(kind=Kind(kind)) for kind in ("string", "number", "bool"))


def field(name: str, pulumi: str, shape: Shape, **flags: bool) -> Field:
    return Field(name=name, pulumi=pulumi, shape=shape, **flags)


def record(*fields: Field) -> Shape:
    return Shape(kind=Kind.OBJECT, fields={each.name: each for each in fields})


DISK = record(
    field("size_gb", "sizeGb", NUMBER, optional=True),
    field("encrypted", "encrypted", BOOL, optional=True, computed=True),
)
RULE = record(field("port", "port", NUMBER, required=True), field("id", "id", TEXT, computed=True))
INSTANCE = record(
    field("id", "id", TEXT, computed=True, optional=True),
    field("name", "name", TEXT, required=True),
    field("policy", "policy", TEXT, optional=True),
    field("token", "token", TEXT, computed=True, sensitive=True),
    field("tags", "tags", Shape(kind=Kind.MAP, of=TEXT), optional=True),
    field("addresses", "addresses", Shape(kind=Kind.SET, of=TEXT), optional=True, computed=True),
    field("disk", "disk", Shape(kind=Kind.LIST, of=DISK), flat=True, block=True, optional=True),
    field("rule", "rules", Shape(kind=Kind.SET, of=RULE), block=True, optional=True),
)
TYPE = ResourceType(
    token="aws:ec2/instance:Instance",
    name="aws_instance",
    version=1,
    shape=INSTANCE,
    properties=frozenset({*INSTANCE.by_pulumi, "region"}),
)
