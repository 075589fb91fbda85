"""Drills: break a running cluster on purpose, write down every acknowledged write, then account for all of them."""
