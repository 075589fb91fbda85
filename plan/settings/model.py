"""Base of every settings class: frozen, complete, camelCase outside and snake_case inside."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Unread(Exception):
    """A setting that was given in a form that cannot be read. Checks that need it are skipped, all others still run."""


class Model(BaseModel):
    """Base of all settings. The text below a field is its description in the JSON schema and in the documentation."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    if not TYPE_CHECKING:  # a type checker would take every name for a field

        def __getattr__(self, name):  # noqa: ANN001, ANN204
            """A field that was left out of a partly read model (see `plan.loading.partial`)."""
            if name in type(self).model_fields:
                raise Unread(name)
            return super().__getattr__(name)
