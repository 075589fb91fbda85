"""The network of the emulated region: a network namespace that is its router, with a bridge for each subnet."""
