"""Restores etcd on a node: every step that can fail runs beside the running cluster, then the data is switched."""
