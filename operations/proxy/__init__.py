"""The API of an environment by its own name, through SSH to one of its nodes: an HTTP proxy on this computer."""
