"""The stream section of nginx's configuration: upstream servers and the addresses on which they accept clients."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.addresses import is_port
from policies.parsers.keepalived import Block, parse_blocks


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """A group of servers, as pairs of address and port, and the `listen` words of the servers in front of it."""

    name: str
    servers: tuple[tuple[str, int], ...]
    listens: tuple[tuple[str, ...], ...]


def upstreams(text: str) -> tuple[Upstream, ...]:
    """Upstreams of the stream sections."""
    spaced = re.sub(r"#[^\n]*", "", text).replace(";", "\n").replace("{", "{\n").replace("}", "\n}\n")
    top = parse_blocks(spaced)
    return tuple(
        Upstream(
            name=block.words[1] if len(block.words) > 1 else "",
            servers=tuple(_servers(block)),
            listens=tuple(_listens(stream, block.words[1:2])),
        )
        for stream in top.of("stream")
        for block in stream.of("upstream")
    )


def _servers(block: Block) -> Iterator[tuple[str, int]]:
    for line in block.lines:
        address, _, port = (line[1] if line[0] == "server" and len(line) > 1 else "").rpartition(":")
        if is_port(port):
            yield address.strip("[]"), int(port)


def _listens(stream: Block, name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for server in stream.of("server"):
        if (server.value("proxy_pass"),) == name:
            yield from (line[1:] for line in server.lines if line[0] == "listen")
