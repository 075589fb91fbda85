"""Prepares a fresh machine for the first `pulumi up`, once."""
