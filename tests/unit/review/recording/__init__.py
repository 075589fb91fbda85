"""Records what the real CLI says about the changes that the review is tested with.

Program, engine, plugins and the node resource's own diff are real. Only hosts are stand-ins, which accept everything,
because a state that changes start from would otherwise need machines; environments on AWS are on an emulated one.
"""
