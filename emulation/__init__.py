"""A cloud on this computer: an AWS to talk to, and the AWS provider where the official plugin is not at hand."""
