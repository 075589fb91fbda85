"""Checks of the project's list (P01 to P100) that are not rules of this pack, each with its reason."""

from collections.abc import Mapping

_CHANGE = "a change, not a state: a pack sees only the desired state. `operations review` judges the preview's steps"

SKIPPED: Mapping[str, str] = {
    "P19": _CHANGE,
    "P52": "alarms are outside the stack; `make status` reports the days left, and P42 requires timely renewal",
    "P86": "no resource shows it: the encryption key is derived from a key in the Pulumi state, so a "
    "backup of the state contains it",
}
