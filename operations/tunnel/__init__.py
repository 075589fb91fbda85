"""TCP to a private address in a VPC through an EC2 Instance Connect Endpoint; SSH runs it as its ProxyCommand."""
