"""etcd over its JSON gateway: members, lock, quorum, and decisions about a node's own membership."""
