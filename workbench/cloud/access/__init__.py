"""The operator's way in: tunnels of an EC2 Instance Connect Endpoint."""
