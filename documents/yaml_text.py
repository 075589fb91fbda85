"""Writes data as YAML text. No document is concatenated from strings, so a value cannot change the structure."""

from collections.abc import Mapping, Sequence

import yaml

Data = None | bool | int | float | str | Sequence["Data"] | Mapping[str, "Data"]
Document = Mapping[str, Data]


class _Indented(yaml.SafeDumper):
    """Indents list items one level deeper than their key, as people write them, and uses no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own signature
        super().increase_indent(flow, indentless=False)

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Writes a multi-line text as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own signature
        return True


_Indented.add_representer(str, _Indented.represent_text)


def yaml_text(*documents: Document) -> str:
    """Documents in their given key order, separated by `---`."""
    return yaml.dump_all(documents, Dumper=_Indented, sort_keys=False, width=120, allow_unicode=True)
