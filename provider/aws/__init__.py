"""Resources for AWS that the official provider does not have: waits and checks."""
