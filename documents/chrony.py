"""Time: certificates, leases and logs of all nodes must agree on it (requirements BOOT-14)."""

from documents.file import File
from documents.nesting import nested
from plan.settings import Settings


def files(settings: Settings) -> tuple[File, ...]:
    """Time servers, in a file that the distribution's own configuration includes by its `confdir`."""
    sources = File(path="/etc/chrony/conf.d/quorate.conf", content=configuration(settings), step="time")
    if not nested(settings):
        return (sources,)
    # One kernel, one clock: machines on this computer may read it, but must not adjust it against each other.
    watching = File(path="/etc/default/chrony", content='DAEMON_OPTS="-F 1 -x"\n', step="time")
    return (sources, watching)


def configuration(settings: Settings) -> str:
    """Time servers of the settings; without any, the distribution's pool stays the only source."""
    servers = "".join(f"server {server} iburst\n" for server in settings.network.time_servers)
    # A machine that boots years off could never verify a certificate: jump, but only in the first three updates.
    return f"{servers}makestep 1.0 3\n"
