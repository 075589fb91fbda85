"""Waits until every API server and the endpoint are ready."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from provider import probe
from provider.hosts.cluster_inputs import API_PORT, ClusterInputs
from provider.hosts.session import Cancelled
from provider.probe import NotReady, Target
from provider.protocol.log import Progress

ASK_SECONDS = 5.0  # timeout of one probe
PAUSE_SECONDS = 0.25


class Readiness:
    """Probes each server at its own address, with the endpoint's name, which every certificate contains."""

    def __init__(self, inputs: ClusterInputs) -> None:
        self._authority = inputs.authority
        name, port = inputs.endpoint.name, inputs.endpoint.port
        self._targets = [
            *(Target(name=n.name, address=n.address, port=API_PORT, server_name=name) for n in inputs.nodes),
            Target(name="endpoint", address=inputs.endpoint.address or name, port=port, server_name=name),
        ]

    def ask(self) -> Sequence[str]:
        """Servers that are not ready, each with the reason."""
        try:
            tls = probe.context(self._authority)
        except NotReady as reason:
            return [str(reason)]

        def one(target: Target) -> str | None:
            try:
                probe.ask(target, tls, seconds=ASK_SECONDS)
            except NotReady as reason:
                return f"{target.name} ({target.address}:{target.port}): {reason}"
            return None

        with ThreadPoolExecutor(max_workers=len(self._targets)) as together:
            return [reason for reason in together.map(one, self._targets) if reason is not None]

    def wait(self, progress: Progress, cancelled: threading.Event, *, seconds: float) -> Sequence[str]:
        """Servers that are not ready after `seconds`; returns early once all are ready. Raises `Cancelled`."""
        end, shown = time.monotonic() + seconds, ""
        while unready := self.ask():
            text = "waiting for " + "; ".join(unready)
            if text != shown:
                progress.status(text)
                shown = text
            if time.monotonic() >= end:
                return unready
            if cancelled.wait(PAUSE_SECONDS):
                raise Cancelled("cancelled while waiting for " + "; ".join(unready))
        return []
