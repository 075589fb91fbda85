"""An environment on AWS: instances in several zones behind a network load balancer with a Route53 name.

Imported only for environments of this kind: the AWS SDK takes longer to load than everything else.
"""
