"""Instances that boot: each is a container of this computer, started by cloud-init as on EC2."""
