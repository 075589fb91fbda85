"""The agent that runs on a machine: it compares the wanted files with what is there and applies the difference.

Python standard library only. Started from a zip archive (`agent.system.archive`) with the commands of `agent.__main__`.
"""
