"""Snapshots of etcd on a node: taking, checking, describing and keeping them."""
