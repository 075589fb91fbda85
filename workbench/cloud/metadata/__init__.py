"""The instance metadata service (IMDSv2), as far as cloud-init and the project's own client use it."""
