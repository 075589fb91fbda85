"""Certificates on the node, read and requested without a library: DER, X.509 fields, signing requests."""
