"""The name service of a VPC, at its base address plus two."""
