"""Hostile documents: texts that cost more than they look, and the texts of the good stacks with a few changes."""

import base64
import gzip
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

GOOD = Path(__file__).parent / "good"
LARGE = 300_000  # characters of the largest hostile documents
NUMBERS = ["1e999", "-1", "9" * 5000, "9e9999999", "NaN", ".inf", "\u00b2", "--5", "0x", "1_000", "", "\u0661"]
ODD = [
    "https://[::1",
    "http://[",
    "[::1]:",
    ":6443",
    "a=,b=",
    "=",
    "%H",
    "$(hostname)",
    "..",
    "*.",
    "\x00",
    "\u2028",
    "\udfff",
]


def corpus() -> list[str]:
    """Documents that machines really get: the texts of the good stacks."""
    found: list[str] = []
    for path in sorted(GOOD.glob("*.yaml")):
        waiting: list[object] = [yaml.load(path.read_text(), Loader=_Plain)]  # noqa: S506 -- a subclass of SafeLoader
        while waiting:
            value = waiting.pop()
            if isinstance(value, str) and "\n" in value:
                found.append(value)
            waiting += value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return found


class _Plain(yaml.SafeLoader):
    """Reads the tags of the test stacks as plain values."""


_Plain.add_multi_constructor(
    "!", lambda _loader, _tag, node: getattr(node, "value", None) if isinstance(node, yaml.ScalarNode) else None
)


def bombs() -> list[Callable[[random.Random], str]]:
    """Documents that cost more than they look."""
    head = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
    return [
        lambda r: head + "a: " + "[" * r.randint(50, 20_000),
        lambda r: head + "a: " + "{a: " * r.randint(50, 20_000),
        lambda r: head + "\n".join(f"{' ' * n}a:" for n in range(r.randint(50, 700))),
        lambda r: '{"kind": "ClusterConfiguration", "a": ' + "[" * r.randint(50, 100_000),
        lambda _: head + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(30)),
        lambda r: "#!/bin/sh\n" + "etcd " * r.randint(1000, LARGE // 5),
        lambda r: "#!/bin/sh\nkubeadm init\n" + "\n" * r.randint(1000, LARGE),
        lambda r: "[Timer]\nOnCalendar=" + "\n" * r.randint(1000, LARGE) + "x",
        lambda r: "[Timer]\nOnUnitActiveSec=" + "1 " * r.randint(1000, LARGE // 2),
        lambda r: base64.b64encode(gzip.compress(b"0" * r.randint(1 << 20, 64 << 20), compresslevel=1)).decode(),
        lambda r: base64.b64encode(gzip.compress(b"#cloud-config\n" * 100)[: r.randint(3, 60)]).decode(),
        lambda r: (
            "#!/bin/sh\n"
            + "\n".join(f"A{n + 1}=$A{n}$A{n}" for n in range(r.randint(5, 200)))
            + "\necho $A99\nkubeadm init\n"
        ),
        lambda r: "#!/bin/sh\n" + "cat <<E\n" * r.randint(10, 20_000),
        lambda r: "#!/bin/sh\n" + "echo '" * r.randint(10, 20_000),
        lambda r: (
            "Content-Type: multipart/mixed; boundary=B\n\n"
            + "--B\nContent-Type: multipart/mixed; boundary=B\n\n" * r.randint(2, 3000)
        ),
        lambda r: "vrrp_instance a {\n" * r.randint(2, 5000),
        lambda r: "stream { upstream a { " + "server 1.1.1.1:6443; " * r.randint(2, 9000),
        lambda r: "bind :1\nbackend a\n" + "  server a 10.0.0.1:6443 check\n" * r.randint(2, 9000),
        lambda r: "#!/bin/sh\netcd --initial-cluster=" + "a=https://[::1," * r.randint(2, 20_000) + " --data-dir=/x\n",
        lambda r: "#!/bin/sh\nsystemctl disable " * r.randint(2, 9000),
        lambda r: "#!/bin/sh\netcdctl " + "snapshot " * r.randint(2, 30_000) + "save",
        lambda r: "#cloud-config\nwrite_files:\n" + "- {path: /a, content: x}\n" * r.randint(2, 9000),
        lambda r: (
            '{"ignition": {}, "storage": {"files": ['
            + '{"path": "/a", "contents": {"source": "data:,%ZZ"}},' * r.randint(2, 3000)
            + "{}]}}"
        ),
        lambda r: head + "a: " + " " * r.randint(100, LARGE) + "b\n",
        lambda r: head + "? " * r.randint(10, 5000),
        lambda r: head + "- " * r.randint(10, 5000),
        lambda r: "deb [" + "[" * r.randint(10, LARGE) + " kube",
        lambda r: head + "kubernetesVersion: v" + "1." * r.randint(10, LARGE // 2),
    ]


def mutated(chance: random.Random, texts: Sequence[str]) -> str:
    """One of the real documents with a few changes."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        change = chance.randrange(8)
        if change == 0:
            text = text[:at] + chance.choice(ODD) + text[at:]
        elif change == 1:
            text = (
                text[:at]
                + chr(chance.choice([0, 9, 10, 58, 91, 123, 38, 42, 0x2028, 0xFFFD, 0x1F600]))
                + text[at + 1 :]
            )
        elif change == 2:
            text = text[:at]
        elif change == 3:
            text = text[:at] + text[at : at + 200] * chance.randint(2, 6) + text[at:]
        elif change == 4:
            words = text.split(" ")
            words[chance.randrange(len(words))] = chance.choice(NUMBERS)
            text = " ".join(words)
        elif change == 5:
            lines = text.split("\n")
            chance.shuffle(lines)
            text = "\n".join(lines)
        elif change == 6:
            other = chance.choice(texts)
            text = text[:at] + other[chance.randrange(len(other)) :]
        else:
            text = text.replace(chance.choice(["true", "6443", "https", ":", "'", '"']), chance.choice(NUMBERS + ODD))
    return text
