"""The operator's access: tunnels of an EC2 Instance Connect Endpoint."""
