"""Time synchronization, which certificates, leases and logs depend on (requirements BOOT-14)."""

from documents.file import File
from documents.nesting import nested
from plan.settings import Settings


def files(settings: Settings) -> tuple[File, ...]:
    """Time servers, in a file that the distribution's own configuration includes by its `confdir`."""
    sources = File(path="/etc/chrony/conf.d/quorate.conf", content=configuration(settings), step="time")
    if not nested(settings):
        return (sources,)
    # Machines on this computer share its clock, so they must not adjust it.
    watching = File(path="/etc/default/chrony", content='DAEMON_OPTS="-F 1 -x"\n', step="time")
    return (sources, watching)


def configuration(settings: Settings) -> str:
    """Time servers from the settings; if there are none, the distribution's pool is the only source."""
    servers = "".join(f"server {server} iburst\n" for server in settings.network.time_servers)
    # A machine whose clock is years off could not verify certificates, so the clock may jump in the first three
    # updates.
    return f"{servers}makestep 1.0 3\n"
