"""The machine below Kubernetes: commands, files, services, packages, locks and the agent's own archive."""
