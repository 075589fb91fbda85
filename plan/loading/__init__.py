"""Reads a stack file into settings: presets, defaults, types, and the local files that settings name."""
