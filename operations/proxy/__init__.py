"""An HTTP proxy on this computer that reaches an environment's API by name, through SSH to one of its nodes."""
