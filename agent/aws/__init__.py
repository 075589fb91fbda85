"""On an AWS instance: downloads the node's files from Secrets Manager and S3 with the instance's role."""
