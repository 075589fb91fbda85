"""Pulumi provider `quorate`: nodes reached by SSH, the cluster they form, and machines on this computer."""
