"""Messages of the Terraform plugin protocol 5. `make` generates the Python files from the .proto."""
