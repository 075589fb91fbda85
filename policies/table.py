"""`python -m policies.table`: write the rules' page and the schema of the configuration files, or check them.

With `--check` nothing is written; the exit status is 1 if a file does not match the rules.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from policies.configuration import JsonValue, schema
from policies.forms import FORMS
from policies.rule import Level, Rule
from policies.rules import RULES
from policies.skipped import SKIPPED

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "python -m policies.table"
LEVELS = [level.value for level in Level]
FORMS_TABLE = "\n".join(["| what | forms |", "|---|---|", *(f"| {what} | {forms} |" for what, forms in FORMS)])

INTRODUCTION = f"""<!-- Written by `{COMMAND}`; change the rules in policies/rules instead. -->
# Policies

The pack in `policies/` judges the resources of a stack, this program's or another's, before they are created:

    pulumi preview --policy-pack policies --policy-pack-config policies/environments/prod.json

A *mandatory* finding makes `preview` and `up` fail, an *advisory* one is printed. A *remediate* rule corrects the input
of what is in its scope, says what it changes, and is mandatory for what it cannot correct. In a preview the stack is
judged as a whole, so that each fault is one finding; in an update, rules about a *resource* also judge each one before
it is created. To use the pack on other programs, see [policy-pack.md](policy-pack.md).

## What is judged

A rule only judges what has evidence: documents that machines get, target groups with those machines behind them,
certificates whose usages and names fit, records that lead to the balancer, buckets that a backup's own script names.
A name is not evidence. A stack without a control plane gets no finding. Each finding says in its `scope` line why the
thing is judged; machines with the same fault are one finding. Several clusters in one stack are judged one by one.
Below, *in scope* is what a rule has evidence for.

* etcd is not part of a control plane if another program (Patroni, Vault, an API gateway) is configured with its
  address, no API server of the stack is, and no document on its machine names Kubernetes.
* Workers are judged beside the control plane that they join, not in a stack of their own.
* A HAProxy or nginx in front of port 6443 is judged unless the stack shows what else is behind that port.

* If a rule needs a value that is not known in a preview, there is one finding for each resource and value (`cannot be
  decided before the update: ...`), which lists the other rules that need it. The same is true for a document in scope
  that cannot be read.
* If a rule itself fails, this is a mandatory finding regardless of its level: the gate stays closed.
* The document that encrypts Secrets contains a key, so its text is unknown in the first preview. The rules then use the
  control plane's property `encryption`, and judge the text as soon as it is known.
* A document is read once, within the limits of `policies/parsers/limits.py`.

## Forms that are read

{FORMS_TABLE}

A stack that seems to have a control plane in another form gets one advisory finding ([P103](#p103)).

## Configuration

One file for each environment in `policies/environments`; its schema is `policies/environments/schema.json`. A rule's
entry is a level, or a mapping with `enforcementLevel`, the rule's own settings, and exemptions:

```json
{{
  "P33": {{
    "public": false,
    "exemptions": [
      {{"resource": "bastion-*", "reason": "partner access until their VPN is ready", "until": "2027-03-31"}}
    ]
  }}
}}
```

`resource` is a name or a URN in which `*` stands for any text (`stack` for findings about the stack as a whole). Until
the end of that day (UTC) the finding is advisory and shows the reason; afterwards it counts again. An exemption without
reason or day is refused.

The file for production adds: thresholds without exceptions for disposable environments, backups every six hours,
and most advisory rules as mandatory ones.
"""


def page() -> str:
    """The whole documentation page."""
    parts = [INTRODUCTION, "## All rules\n", *_summary(), "\n## Each rule\n", *map(_section, RULES), *_skipped()]
    return "\n".join(parts)


def _summary() -> Iterator[str]:
    yield "| id | rule | level | severity | looks at | references |\n|---|---|---|---|---|---|"
    for rule in RULES:
        references = "; ".join(rule.references)
        cells = (
            f"[{rule.id}](#{rule.id.lower()})",
            rule.title,
            rule.level.value,
            rule.severity.value,
            rule.scope.value,
            references,
        )
        yield f"| {' | '.join(cells)} |"


def _section(rule: Rule) -> str:
    lines = [f"### {rule.id}\n", f"**{rule.title}.** {rule.why}\n"]
    lines += [f"*Evidence:* {rule.evidence}.\n", f"*Fix:* {rule.fix}\n"]
    if rule.thresholds:
        listed = ", ".join(f"`{name}` = `{json.dumps(value)}`" for name, value in rule.thresholds.items())
        lines.append(f"*Settings:* {listed}\n")
    return "\n".join(lines)


def _skipped() -> Iterator[str]:
    yield "## Ids without a rule\n\n| id | why |\n|---|---|"
    for reason in dict.fromkeys(SKIPPED.values()):
        ids = [id_ for id_, why in SKIPPED.items() if why == reason]
        yield f"| {ids[0] if len(ids) == 1 else f'{ids[0]} to {ids[-1]}'} | {reason} |"
    yield ""


def configuration_schema() -> Mapping[str, JsonValue]:
    """JSON schema (2020-12) of a configuration file."""
    level: dict[str, JsonValue] = {"enum": list(LEVELS)}
    entries: dict[str, JsonValue] = {"all": level}
    for rule in RULES:
        properties: dict[str, JsonValue] = {"enforcementLevel": level, **schema(rule)}
        entry: JsonValue = {"type": "object", "properties": properties, "additionalProperties": False}
        entries[rule.id] = {"description": rule.title, "oneOf": [level, entry]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Written by `{COMMAND}`",
        "type": "object",
        "properties": entries,
        "additionalProperties": False,
    }


def files() -> Mapping[Path, str]:
    """Every file that is generated from the rules."""
    return {
        ROOT / "docs" / "policies.md": page(),
        ROOT / "policies" / "environments" / "schema.json": json.dumps(configuration_schema(), indent=2) + "\n",
    }


def main() -> int:
    """Write, or with `--check` compare."""
    stale = [path for path, text in files().items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        sys.stderr.writelines(f"{path.relative_to(ROOT)} does not match the rules; run {COMMAND}\n" for path in stale)
        return int(bool(stale))
    for path in stale:
        path.write_text(files()[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
