"""Finds the Terraform type of a Pulumi token."""

import threading
from collections.abc import Callable, Mapping

from workbench.stand_ins.aws import annotations
from workbench.stand_ins.aws.annotations import Annotation
from workbench.stand_ins.aws.naming import terraform_type
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb
from workbench.stand_ins.aws.shape import ResourceType, Shape
from workbench.stand_ins.aws.shaping import Shaping


class Catalog:
    """The types of the provider's schemas under the names of the installed SDK, each built on first use."""

    def __init__(self, schemas: pb.SchemaResponse) -> None:
        self._schemas = schemas
        self._classes = annotations.resource_classes()
        self._made: dict[str, ResourceType] = {}
        # The SDK's lazy modules cannot be imported from several threads at once.
        self._lock = threading.Lock()

    def resource(self, token: str) -> ResourceType:
        """A resource type. Raises `LookupError` if the SDK or the provider does not have it."""
        if token not in self._classes:
            message = f"the installed pulumi_aws has no resource {token}"
            raise LookupError(message)
        package, name = self._classes[token]
        return self._type(token, self._schemas.resource_schemas, lambda: annotations.of_resource(package, name))

    def data_source(self, token: str) -> ResourceType:
        """The data source of an invoke. Raises `LookupError`."""
        _, module, name = token.split(":")
        package = "pulumi_aws" if module.startswith("index/") else f"pulumi_aws.{module.split('/')[0]}"
        result = f"{name[0].upper()}{name[1:]}Result"
        return self._type(token, self._schemas.data_source_schemas, lambda: annotations.of_result(package, result))

    def provider(self) -> Shape:
        """The provider's own configuration."""
        return Shaping("provider").block(self._schemas.provider.block, {})

    def _type(
        self, token: str, schemas: Mapping[str, pb.Schema], properties: Callable[[], Mapping[str, Annotation]]
    ) -> ResourceType:
        with self._lock:
            if token not in self._made:
                known = properties()
                name = terraform_type(token, schemas)
                self._made[token] = ResourceType(
                    token=token,
                    name=name,
                    version=schemas[name].version,
                    shape=Shaping(name).block(schemas[name].block, known),
                    properties=frozenset(known),
                )
            return self._made[token]
