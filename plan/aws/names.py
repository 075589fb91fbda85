"""Names of AWS resources. Fixed by the settings, because a name that AWS chooses is unknown in a preview."""

from plan.settings import Settings
from plan.settings.aws import Aws

LONGEST_BALANCER = 32  # characters: load balancers and target groups (Elastic Load Balancing quotas)
LONGEST_BUCKET = 63  # characters (S3 bucket naming rules)
API, PUBLIC = "-api", "-api-public"


def section(settings: Settings) -> Aws:
    """The AWS section. ValueError if the environment is not on AWS."""
    if settings.aws is None:
        raise ValueError("the environment is not on AWS")
    return settings.aws


def api(settings: Settings) -> str:
    """Name of the load balancer and of its target group."""
    return f"{settings.cluster}{API}"


def public_api(settings: Settings) -> str:
    """Name of the public load balancer and of its target group."""
    return f"{settings.cluster}{PUBLIC}"


def key_pair(settings: Settings) -> str:
    """Name of the key pair of the operators."""
    return f"{settings.cluster}-operators"


def files_bucket(settings: Settings) -> str:
    """Bucket of the nodes' documents and the agent."""
    aws = section(settings)
    return f"{settings.cluster}-{aws.account}-{aws.region}-files"


def backup_bucket(settings: Settings) -> str:
    """Bucket of the snapshots."""
    aws = section(settings)
    return aws.backups.bucket or f"{settings.cluster}-{aws.account}-{aws.region}-etcd"


def replica_bucket(settings: Settings) -> str:
    """Bucket of the snapshots' copies, in the other region."""
    aws = section(settings)
    if aws.backups.bucket:
        return f"{aws.backups.bucket}-replica"
    return f"{settings.cluster}-{aws.account}-{aws.backups.replica_region}-etcd"


def secret(settings: Settings, node: str) -> str:
    """Name of one node's certificates and keys in Secrets Manager."""
    return f"quorate/{settings.cluster}/{node}"


def role(settings: Settings, name: str) -> str:
    """Name of a role and its instance profile. With the region, because IAM's names are unique in the whole account.

    `name`: the node's, or the purpose of the role.
    """
    return f"{settings.cluster}-{section(settings).region}-{name}"


def backup_prefix(node: str) -> str:
    """Prefix of one node's snapshots in the bucket."""
    return f"snapshots/{node}/"


def documents_key(node: str) -> str:
    """Key of one node's documents in the files bucket."""
    return f"nodes/{node}/documents.json"


def convergence_key(node: str) -> str:
    """Key of the node's own report: the digest that it has converged to, or why it has not converged."""
    return f"nodes/{node}/convergence.json"


def begun_key(node: str) -> str:
    """Key of the node's bootstrap marker: once it exists, the node never creates a new cluster."""
    return f"nodes/{node}/begun"
