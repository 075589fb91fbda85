"""Base of the provider stand-ins: Pulumi's ResourceProvider protocol over plain Python values."""
