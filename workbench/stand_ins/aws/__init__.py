"""The `aws` plugin on top of the Terraform AWS provider, which validates, plans, and decides about replacements."""
