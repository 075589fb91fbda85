"""Checks that new certificates are valid by this machine's clock; otherwise every handshake would fail."""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import Wanted, WantedFile
from agent.pki.certificate import CertificateFacts, NotACertificate, from_text

PATIENCE_SECONDS = 120.0  # seconds; a larger clock difference is an error


def require_valid(wanted: Wanted, events: Events, *, patience: float = PATIENCE_SECONDS) -> None:
    """Wait for certificates that become valid within `patience` seconds.

    Raises Failed, before anything is changed, if they become valid later or have expired.
    """
    found = list(_certificates(wanted.files))
    now = datetime.now(UTC)
    ended = [f"{path} expired on {_time(facts.not_after)}" for path, facts in found if facts.not_after <= now]
    ahead = [(path, facts) for path, facts in found if (facts.not_before - now).total_seconds() > patience]
    early = [f"{path} is valid only from {_time(facts.not_before)}" for path, facts in ahead]
    if ended or early:
        reasons = [
            f"{'; '.join(early)}: the clock of the issuing computer is ahead, or this machine's is behind"
            if early
            else "",
            f"{'; '.join(ended)}: run the update again to renew, or correct this machine's clock" if ended else "",
        ]
        raise Failed(
            f"nothing was changed: this machine's clock shows {_time(now)}, and at that time the new certificates "
            f"are not valid. {'. '.join(filter(None, reasons))}"
        )
    wait = max((facts.not_before - now).total_seconds() for _, facts in found) if found else 0.0
    if wait > 0:
        events.lock("waiting", f"{wait:.0f} s until the new certificates are valid by this machine's clock")
        time.sleep(wait)


def _certificates(files: Iterable[WantedFile]) -> Iterator[tuple[str, CertificateFacts]]:
    for file in files:
        if file.path.endswith((".crt", ".conf")) and file.path.startswith(("/etc/kubernetes/", "/var/lib/kubelet/")):
            try:
                yield file.path, from_text(file.content().decode())
            except (NotACertificate, UnicodeDecodeError):
                continue  # a configuration, or a kubeconfig that names files


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
