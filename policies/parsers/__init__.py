"""Parsers of the documents that machines read. Each one turns a text into plain data and knows no rules."""
