"""Tools to run the program on computers that cannot download the Pulumi CLI, its plugins and Kubernetes."""
