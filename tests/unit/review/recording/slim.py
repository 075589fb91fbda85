"""A recording without what is secret, huge, or different every time."""

import hashlib

LONGEST = 200
PEM = "-----BEGIN "
STATE = frozenset(
    {
        "type",
        "urn",
        "custom",
        "delete",
        "protect",
        "parent",
        "inputs",
        "outputs",
        "dependencies",
        "propertyDependencies",
    }
)
OUTPUTS = frozenset({"validityStartTime", "validityEndTime", "readyForRenewal", "member", "drift", "unready"})
GOAL = frozenset({"type", "name", "custom", "protect", "inputDiff", "parent", "propertyDependencies"})


def preview(digest: dict[str, object]) -> dict[str, object]:
    """A `pulumi preview --json` with what the review reads."""
    steps = digest["steps"]
    assert isinstance(steps, list)
    found = [{name: _part(name, value) for name, value in step.items() if name != "provider"} for step in steps]
    for step in found:
        if step["op"] == "same":  # old and new are equal, and what stays waits for nothing
            step.pop("oldState", None)
            _mapping(step.get("newState")).pop("dependencies", None)
    return {**{k: v for k, v in digest.items() if k != "duration"}, "steps": found}


def plan(saved: dict[str, object]) -> dict[str, object]:
    """A `pulumi preview --save-plan` with what the review reads."""
    resources = saved["resourcePlans"]
    assert isinstance(resources, dict)
    return {
        "resourcePlans": {
            urn: {
                "goal": {k: short(v) for k, v in (one.get("goal") or {}).items() if k in GOAL},
                "steps": one.get("steps", []),
            }
            for urn, one in resources.items()
        }
    }


def short(value: object, key: str = "") -> object:
    """Long and PEM texts become digests, so that equal stays equal. The manifest of a node stays readable."""
    if isinstance(value, dict):
        return {k: short(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [short(each) for each in value]
    if isinstance(value, str) and key != "manifest" and (len(value) > LONGEST or PEM in value):
        return f"sha256 {hashlib.sha256(value.encode()).hexdigest()[:16]}"
    return value


def _part(name: str, value: object) -> object:
    if name not in ("oldState", "newState") or not isinstance(value, dict):
        return value
    kept = {k: short(v) for k, v in value.items() if k in STATE}
    outputs, depends = kept.get("outputs"), kept.get("propertyDependencies")
    if isinstance(outputs, dict):
        kept["outputs"] = {k: v for k, v in outputs.items() if k in OUTPUTS}
    if isinstance(depends, dict):
        kept["propertyDependencies"] = {k: v for k, v in depends.items() if v and kept["type"] != "quorate:hosts:Node"}
    return kept


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
