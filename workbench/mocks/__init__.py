"""Runs the program without an engine: with responses like the providers', and a record of all registrations."""
