"""Names of what lies in the folder of a running cloud."""

PORT = "port"
CALLS = "calls"
LOCK = "lock"
LOG = "log"
