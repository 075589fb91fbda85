"""Everything that a fresh machine needs before the first `pulumi up`, made once."""
