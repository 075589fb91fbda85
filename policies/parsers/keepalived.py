"""Keepalived's configuration file as nested blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.parsers.limits import NESTING
from policies.parsers.yaml_values import Unreadable

_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class Block:
    """`vrrp_instance api { ... }`: the words of its first line, its plain lines, and its nested blocks."""

    words: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    blocks: tuple["Block", ...]

    def of(self, word: str) -> Iterator["Block"]:
        """Inner blocks with this first word."""
        return (block for block in self.blocks if block.words[:1] == (word,))

    def value(self, word: str) -> str:
        """The second word of the last line that begins with this one; '' without one."""
        return next((line[1] if len(line) > 1 else "" for line in reversed(self.lines) if line[0] == word), "")

    def has(self, word: str) -> bool:
        """Whether a line begins with the word."""
        return any(line[0] == word for line in self.lines)

    def listed(self, word: str) -> tuple[str, ...]:
        """First words of the lines in inner blocks with this name, such as unicast_peer."""
        return tuple(line[0] for block in self.of(word) for line in block.lines)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A VRRP instance. `addresses` have no prefix length; None means that a number is not set."""

    block: Block
    name: str
    router_id: int | None
    priority: int | None
    interface: str
    source: str
    peers: tuple[str, ...]
    addresses: tuple[str, ...]
    scripts: tuple[tuple[str, int | None], ...]  # name and weight, the instance's own or the script's


@dataclass(frozen=True, kw_only=True)
class Keepalived:
    """The file's outermost block."""

    top: Block

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Every VRRP instance."""
        weights = {
            block.words[1]: number(block.value("weight"))
            for block in self.top.of("vrrp_script")
            if len(block.words) > 1
        }
        return tuple(_instance(block, weights) for block in self.top.of("vrrp_instance"))


def number(text: str) -> int | None:
    """A whole number or None."""
    return int(text) if _NUMBER.fullmatch(text) else None


def _instance(block: Block, weights: dict[str, int | None]) -> Instance:
    scripts = []
    for inner in block.of("track_script"):
        for line in inner.lines:
            own = number(line[2]) if len(line) > 2 and line[1] == "weight" else None  # noqa: PLR2004 -- NAME weight N
            scripts.append((line[0], own if own is not None else weights.get(line[0])))
    return Instance(
        block=block,
        name=block.words[1] if len(block.words) > 1 else "",
        router_id=number(block.value("virtual_router_id")),
        priority=number(block.value("priority")),
        interface=block.value("interface"),
        source=block.value("unicast_src_ip"),
        peers=block.listed("unicast_peer"),
        addresses=tuple(address.split("/")[0] for address in block.listed("virtual_ipaddress")),
        scripts=tuple(scripts),
    )


def keepalived(text: str) -> Keepalived:
    """Parse a configuration: `{` ends a block's first line, `}` is on its own line, `#` and `!` start comments."""
    return Keepalived(top=parse_blocks("\n".join(line.split("!", 1)[0] for line in text.splitlines())))


def parse_blocks(text: str) -> Block:
    """The outermost block of a text in which braces nest and `#` begins a comment."""
    tokens = [_words(line) for line in text.splitlines()]
    block, _ = _block((), [words for words in tokens if words], 0, 0)
    return block


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split("#", 1)[0].replace("{", " { ").replace("}", " } ").split())


def _block(words: tuple[str, ...], lines: list[tuple[str, ...]], start: int, depth: int) -> tuple[Block, int]:
    if depth > NESTING:
        raise Unreadable(f"its blocks are nested deeper than {NESTING} levels")
    own: list[tuple[str, ...]] = []
    blocks: list[Block] = []
    at = start
    while at < len(lines):
        line = lines[at]
        at += 1
        if line[0] == "}":
            break
        if line[-1] == "{":
            inner, at = _block(line[:-1], lines, at, depth + 1)
            blocks.append(inner)
        elif "{" in line and line[-1] == "}":
            middle = line.index("{")
            inside = (line[middle + 1 : -1],) if line[middle + 1 : -1] else ()
            blocks.append(Block(words=line[:middle], lines=inside, blocks=()))
        else:
            own.append(line)
    return Block(words=words, lines=tuple(own), blocks=tuple(blocks)), at
