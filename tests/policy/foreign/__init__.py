"""Programs of other teams: control planes with one fault and without, and stacks that have no control plane at all."""
