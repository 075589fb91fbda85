"""The guard for changes: what a preview would do to the quorum, the certificates, the endpoint and the hosts.

A preview is read as two stacks, before and after, and both are seen through the policy pack's views; so programs that
share nothing with this one are understood as far as the pack understands them. Nothing here contacts a host.
"""
