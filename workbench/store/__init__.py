"""The artifact store: every file that a node installs, each with its SHA-256, for one kind of processor."""
