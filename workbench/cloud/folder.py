"""File names in the folder of a running cloud."""

PORT = "port"
CALLS = "calls"
LOCK = "lock"
LOG = "log"
HOSTS = "hosts"  # files for an operator, see operator
BUNDLE = "trusted.pem"
PROJECT = "project"  # of the session: stacks and their settings
