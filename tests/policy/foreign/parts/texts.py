"""Texts as user data carries them."""

import base64
import gzip

import yaml


class _Blocks(yaml.SafeDumper):
    """Writes texts of several lines as literal blocks, as people do."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Blocks.add_representer(str, _text)


def as_yaml(document: object) -> str:
    """YAML in the order of the document."""
    return yaml.dump(document, Dumper=_Blocks, sort_keys=False, width=400)


def written(texts: dict[str, str], *, mode: str = "0600") -> list[dict[str, str]]:
    """cloud-config's `write_files`."""
    return [{"path": path, "permissions": mode, "content": text} for path, text in texts.items()]


def written_as_base64(texts: dict[str, str]) -> list[dict[str, str]]:
    """cloud-config's `write_files` with encoded contents."""
    return [{"path": path, "encoding": "b64", "content": encoded(text)} for path, text in texts.items()]


def encoded(text: str) -> str:
    """Base64."""
    return base64.b64encode(text.encode()).decode()


def compressed(text: str) -> str:
    """Gzip as base64, the same for the same text."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
