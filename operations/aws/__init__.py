"""AWS for the operations: finds instances, reaches them, and opens sessions with the stack's credentials."""
