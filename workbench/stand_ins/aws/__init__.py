"""The `aws` plugin by way of the Terraform AWS provider: its validation, its plans, its decisions to replace."""
