"""From a stack file to settings: presets, defaults, form, and the local files that settings name."""
