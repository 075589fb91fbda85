"""Builds the programs of a control plane, and the Pulumi CLI, from their published Go modules."""
