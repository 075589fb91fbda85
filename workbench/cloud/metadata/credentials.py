"""Credentials of an instance's role: they are available shortly after the boot, and are renewed before they expire."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from workbench.cloud.state import Instance

LIFE = 6 * 3600  # seconds; AWS renews them at least five minutes before they expire
RENEWED = 600  # seconds before expiry
DELAY = 2.0  # seconds between the first request and the first credentials; AWS only sometimes has this delay


@dataclass(frozen=True, kw_only=True)
class _Held:
    text: str
    renewed: float


class Credentials:
    """Credentials by instance. `life` and `delay` in seconds."""

    def __init__(self, *, life: float = LIFE, delay: float = DELAY) -> None:
        self._life, self._delay = life, delay
        self._asked: dict[str, float] = {}
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def of(self, instance: Instance) -> tuple[str | None, str | None]:
        """The role's name, and its credentials as JSON; each is None while it does not exist."""
        found = role(instance)
        if found is None:
            return None, None
        name, arn = found
        with self._lock:
            now = time.time()
            if now < self._asked.setdefault(instance.id, now) + self._delay:
                return name, None
            held = self._held.get(instance.id)
            if held is None or held.renewed <= now:
                held = self._held[instance.id] = self._assume(instance, arn)
            return name, held.text

    def _assume(self, instance: Instance, arn: str) -> _Held:
        assumed = sts_backends[instance.account]["aws"].assume_role(
            region_name=instance.region,
            role_session_name=instance.id,
            role_arn=arn,
            policy="",
            duration=int(self._life),
            external_id="",
        )
        now = datetime.now(UTC)
        text = json.dumps(
            {
                "Code": "Success",
                "LastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Type": "AWS-HMAC",
                "AccessKeyId": assumed.access_key_id,
                "SecretAccessKey": assumed.secret_access_key,
                "Token": assumed.session_token,
                "Expiration": assumed.expiration.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            indent=2,
        )
        return _Held(text=text, renewed=time.time() + max(self._life - RENEWED, self._life / 2))


def role(instance: Instance) -> tuple[str, str] | None:
    """Name and ARN of the role in the instance's profile."""
    if instance.profile is None:
        return None
    iam = iam_backends[instance.account]["aws"]
    for profile in iam.instance_profiles.values():
        if profile.name == instance.profile and profile.roles:
            return profile.roles[0].name, profile.roles[0].arn
    return None
