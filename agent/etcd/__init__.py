"""etcd over its JSON gateway: members, lock, quorum, and what a node should do about its own membership."""
