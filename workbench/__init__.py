"""What lets the program run where the Pulumi CLI, its plugins and Kubernetes cannot be downloaded ready-made."""
