"""How fast the pack is: measured, never asserted in a test."""
