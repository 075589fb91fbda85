"""When the alarm for certificates triggers."""

from plan.certificates.renewal import base_hours
from plan.settings import Settings
from plan.settings.aws import Aws

USUAL_DAYS = 20


def certificate_days(settings: Settings, aws: Aws) -> int | None:
    """Days before expiry at which the alarm triggers; None if certificates live too briefly for an alarm."""
    if aws.watch.certificate_days is not None:
        return aws.watch.certificate_days
    return min(USUAL_DAYS, base_hours(settings.certificates) * 2 // 3 // 24) or None
