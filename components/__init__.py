"""Pulumi components. They are thin: the plan makes the decisions, and `documents` writes the texts."""
