"""Resources on this computer: a bridge, and machines on it."""
