"""The instance metadata service (IMDSv2): the parts that cloud-init and the project's own client use."""
