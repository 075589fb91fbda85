"""Volumes: files behind loop devices, which an instance sees as disks. They outlive it."""
