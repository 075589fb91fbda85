"""The tree of certificates: authorities, leaves, names, lifetimes, renewal and rotation."""
