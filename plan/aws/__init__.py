"""Names and subnets on AWS."""
