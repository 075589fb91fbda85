"""Reviews changes: what a preview would do to the quorum, the certificates, the endpoint and the hosts.

It reads a preview as two stacks, before and after, through the policy pack's views. So it understands other programs
as far as the pack does. Nothing here contacts a host.
"""
