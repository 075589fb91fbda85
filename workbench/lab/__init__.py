"""Drills: break a running cluster on purpose, record every acknowledged write, then account for all of them."""
