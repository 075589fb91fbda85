"""The agent that runs on a machine: it compares the planned files with the machine and applies the difference.

Python standard library only. Started from a zip archive (`agent.system.archive`) with the commands of `agent.__main__`.
"""
