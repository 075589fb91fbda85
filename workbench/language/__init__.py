"""Python language host for the Pulumi engine: the part of the official one that is needed here."""
