"""Reviews changes: what a preview would do to the quorum, the certificates, the endpoint and the hosts.

It reads a preview as two stacks, before and after, through the policy pack's views. It understands other programs as
well as the pack does. Nothing here contacts a host.
"""
