"""Runs the program without an engine: answers as the providers give them, and a record of what was registered."""
