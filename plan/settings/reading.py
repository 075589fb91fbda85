"""From the stack's configuration to settings that are known to make a plan."""

from collections.abc import Mapping

from plan.presets import PRESETS, merged
from plan.settings.cluster import Settings


def read(mapping: Mapping[str, object]) -> Settings:
    """Settings from one nested mapping in camelCase; `preset` names the defaults underneath.

    Raises `Refused` with every problem that was found.
    """
    preset = str(mapping.get("preset", ""))
    return Settings.model_validate(merged(PRESETS.get(preset, {}), mapping))
