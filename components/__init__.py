"""Pulumi components: thin, because the plan has already decided and the documents are already written."""
