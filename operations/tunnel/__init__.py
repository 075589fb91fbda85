"""TCP to a private address of a VPC through an EC2 Instance Connect Endpoint: what SSH runs as its ProxyCommand."""
