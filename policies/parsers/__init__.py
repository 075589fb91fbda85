"""Parsers of the documents that machines read. Each takes a text and gives plain data; none knows a rule."""
