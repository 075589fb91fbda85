"""What steps and commands share: differences, events, failures, the wanted state of the node."""
