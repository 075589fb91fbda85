"""What the foreign control planes share: the documents of a node, and the AWS resources around it."""
