"""Endpoint, ports, address ranges and the pod network."""
