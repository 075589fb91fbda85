"""Members that change their address: for etcd a member at another address is another member."""

import json
from collections.abc import Mapping

from provider.protocol.values import Value


def peers(manifest: Value) -> Mapping[str, str]:
    """Peer URLs of the members in a node's manifest, by name; empty if the manifest is not known."""
    try:
        parsed = json.loads(manifest) if isinstance(manifest, str) else None
    except ValueError:
        parsed = None
    members = parsed.get("members") if isinstance(parsed, dict) else None
    return {
        str(one["name"]): str(one["peerUrl"])
        for one in (members if isinstance(members, list) else ())
        if isinstance(one, dict) and {"name", "peerUrl"} <= one.keys()
    }


def problem(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """Why these members may not move in one update; None if they may. Both map names to addresses."""
    moved = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    if not moved or (len(moved) == 1 and len(before) > 1):
        return None
    changes = ", ".join(f"{name} from {before[name]} to {after[name]}" for name in moved)
    fix = (
        "Move one machine at a time: change one address, run the update, and wait until `make status` shows every "
        "member healthy before you change the next one. "
        if len(before) > 1
        else "Add two members first, and move one machine at a time then. "
    )
    return (
        f"nothing was changed: {len(moved)} of {len(before)} members would get another address in one update "
        f"({changes}), but a member at another address is another member, which the others must accept first, and too "
        f"few of them would be left. {fix}If all machines have moved already, give each its previous address as a "
        "second one (`ip address add`) and do the same; if that is not possible, restore a snapshot into a new cluster "
        "(docs/disaster-recovery.md)"
    )
