"""Records what the real CLI says about the changes that the review is tested with.

Program, engine, tls plugin and the node resource's own diff are real. Only the hosts are stand-ins, which accept
everything, because a state that changes start from would otherwise need machines.
"""
