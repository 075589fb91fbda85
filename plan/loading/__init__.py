"""Reads a stack file into settings: presets, defaults, form, and the local files that settings name."""
