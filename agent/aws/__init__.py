"""On an AWS instance: the machine's own files come from Secrets Manager and S3, by its own role."""
