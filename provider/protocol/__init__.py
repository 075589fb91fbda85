"""Pulumi's resource-provider protocol over plain Python values, for every plugin of this project."""
