"""Machines that this project sets up over SSH."""

import json

from policies.properties import Properties
from policies.resources import Resource
from policies.views.evidence import BALANCER, PLANE
from policies.views.hosts import File, Host


def quorate_node(resource: Resource) -> Host:
    """The machine of a `quorate:hosts:Node`."""
    properties = resource.properties
    files = {
        path: File(path=path, content=_content(entry), secret=group == "secrets" or entry.is_secret("content"))
        for group in ("files", "secrets")
        if properties.known(group)
        for path, entry in properties.entries(group)
    }
    manifest, name = properties.text("manifest"), properties.text("name") or resource.name
    role = _declared(manifest)
    return Host(
        resource=resource,
        name=name,
        role=role,
        because=f"{name} is judged because Quorate's manifest makes it a {role} machine",
        files=files,
        manifest=manifest,
        parts=(resource,),
        sealed=not properties.known("secrets"),
    )


def _declared(manifest: str) -> str:
    """The role in the manifest of this project's agent."""
    try:
        document = json.loads(manifest)
    except (ValueError, RecursionError):
        return PLANE
    role = document.get("role") if isinstance(document, dict) else None
    return role if role in (BALANCER, "worker") else PLANE


def _content(entry: Properties) -> str | None:
    return entry.text("content") if entry.known("content") else None
