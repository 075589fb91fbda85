"""Drills on the emulated AWS: a client in its network, its instances as machines, and an environment of the clone."""
