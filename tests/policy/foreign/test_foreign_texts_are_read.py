"""What the foreign programs give to machines is read by the programs that read it there."""

import base64
import email
import gzip
import json
import subprocess
from collections.abc import Iterator

import jinja2
import pytest
import yaml

from tests.policy.foreign.case import Case
from tests.policy.foreign.cases import CASES
from tests.policy.foreign.record import registered


def user_data(case: Case) -> Iterator[str]:
    """Every user data text and remote script of a program that is known in a preview."""
    for resource in registered(case):
        values = resource.properties.values
        for name in ("userData", "userDataBase64", "create"):
            value = values.get(name)
            if isinstance(value, str):
                template = resource.type.endswith(":LaunchTemplate")
                yield unpacked(value) if name == "userDataBase64" or template else value


def unpacked(value: str) -> str:
    """Base64, and gzip where it is."""
    data = base64.b64decode(value, validate=True)
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()


def read(text: str) -> None:
    """Fails if the program for this kind of text cannot read it."""
    if text.startswith("## template: jinja\n"):
        metadata = {"meta_data": {"local_hostname": "node-1"}}
        return read(jinja2.Environment(autoescape=True).from_string(text.split("\n", 1)[1]).render(ds=metadata))
    if text.startswith("#cloud-config-archive\n"):
        for part in yaml.safe_load(text):
            read_part(part["type"], part["content"])
    elif text.startswith("#cloud-config\n"):
        cloud_config(text)
    elif text.startswith("Content-Type: multipart/"):
        message = email.message_from_string(text)
        assert not message.defects
        for part in message.get_payload():
            assert isinstance(part, email.message.Message)
            read_part(part.get_content_type(), str(part.get_payload()))
    elif text.startswith("{"):
        assert json.loads(text)["ignition"]["version"]
    else:
        shell(text)
    return None


def read_part(kind: str, text: str) -> None:
    """One part of several."""
    if kind == "text/cloud-config":
        cloud_config(text)
    else:
        shell(text)


def cloud_config(text: str) -> None:
    """A cloud-config and the scripts in it."""
    document = yaml.safe_load(text)
    for line in document.get("runcmd", []):
        if isinstance(line, str):
            shell(line)
    for file in document.get("write_files", []):
        content = base64.b64decode(file["content"]).decode() if file.get("encoding") == "b64" else file["content"]
        if file["path"].endswith((".yaml", ".yml")):
            list(yaml.safe_load_all(content))


def shell(text: str) -> None:
    """Bash parses it. An unfinished here-document is a warning of bash, which counts too."""
    parsed = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (parsed.returncode, parsed.stderr) == (0, ""), text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_text_for_a_machine_can_be_read(case: Case) -> None:
    for text in user_data(case):
        read(text)
