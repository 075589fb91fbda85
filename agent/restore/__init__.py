"""Restoring etcd on a node: everything that can fail is done beside the running cluster, then the data is switched."""
