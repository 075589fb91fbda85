"""What steps and commands share: differences, events, failures, the planned state of the node."""
