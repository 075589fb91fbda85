"""How long a stopping API server continues to serve while its /readyz fails, so that balancers leave it first."""

from plan.settings import Settings

# Balancers of this project: two checks, 0.4 s apart.
OWN_SECONDS = 3
# A network load balancer needs two checks, 5 s apart, and some seconds until all its nodes have the result.
AWS_SECONDS = 30


def shutdown_delay(settings: Settings) -> int:
    """Seconds; the API server's shutdown-delay-duration."""
    return AWS_SECONDS if settings.kind == "aws" else OWN_SECONDS
