"""Names of things on AWS. Fixed by the settings, because a name that AWS invents is unknown in a preview."""

from plan.settings import Settings
from plan.settings.aws import Aws

LONGEST_BALANCER = 32  # characters: load balancers and target groups (Elastic Load Balancing quotas)
LONGEST_BUCKET = 63  # characters (S3 bucket naming rules)
API = "-api"


def section(settings: Settings) -> Aws:
    """The AWS section. ValueError when the environment is of another kind."""
    if settings.aws is None:
        raise ValueError("the environment is not on AWS")
    return settings.aws


def api(settings: Settings) -> str:
    """Of the load balancer and of its target group."""
    return f"{settings.cluster}{API}"


def key_pair(settings: Settings) -> str:
    """Of the key that operators reach instances with."""
    return f"{settings.cluster}-operators"


def files_bucket(settings: Settings) -> str:
    """Where the nodes' documents and the agent lie."""
    aws = section(settings)
    return f"{settings.cluster}-{aws.account}-{aws.region}-files"


def backup_bucket(settings: Settings) -> str:
    """Where snapshots go."""
    aws = section(settings)
    return aws.backups.bucket or f"{settings.cluster}-{aws.account}-{aws.region}-etcd"


def replica_bucket(settings: Settings) -> str:
    """Where copies of the snapshots go, in the other region."""
    aws = section(settings)
    if aws.backups.bucket:
        return f"{aws.backups.bucket}-replica"
    return f"{settings.cluster}-{aws.account}-{aws.backups.replica_region}-etcd"


def secret(settings: Settings, node: str) -> str:
    """Of one node's certificates and keys in Secrets Manager."""
    return f"quorate/{settings.cluster}/{node}"


def role(settings: Settings, name: str) -> str:
    """Of a role and its instance profile. With the region, because IAM's names are unique per account, not per region.

    `name`: of a node, or what the role is for.
    """
    return f"{settings.cluster}-{section(settings).region}-{name}"


def backup_prefix(node: str) -> str:
    """Where in the bucket one node may put its snapshots."""
    return f"snapshots/{node}/"


def documents_key(node: str) -> str:
    """Of one node's documents in the files bucket."""
    return f"nodes/{node}/documents.json"


def convergence_key(node: str) -> str:
    """Of the node's own report: which digest it has converged to, or why it has not."""
    return f"nodes/{node}/convergence.json"


def begun_key(node: str) -> str:
    """Of the node's own bootstrap marker; a node that finds one never bootstraps a cluster."""
    return f"nodes/{node}/begun"
