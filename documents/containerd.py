"""containerd 2: its configuration (version 3) and its unit (requirements BOOT-03, BOOT-04)."""

from documents.file import File
from documents.nesting import nested
from documents.places import UNITS, program
from plan.settings import Settings

PAUSE = "pause:3.10.2"  # the sandbox image of kubeadm 1.36; the runtime must use the same one


def files(settings: Settings) -> tuple[File, ...]:
    """The same on every control-plane node."""
    return (
        File(path="/etc/containerd/config.toml", content=configuration(settings), step="runtime"),
        File(path=f"{UNITS}/containerd.service", content=unit(settings), step="runtime"),
    )


def configuration(settings: Settings) -> str:
    """config.toml. Without CAP_SYS_RESOURCE a container may not be given a lower OOM score than its parent has:

    runc then dies with "can't get final child's PID from pipe: EOF", so nested machines restrict it.
    """
    inside = nested(settings)
    return f"""version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '{settings.control_plane.image_repository}/{PAUSE}'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = {_toml(inside)}

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

# The kubelet's cgroupDriver must say the same.
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = {_toml(not inside)}
"""


def unit(settings: Settings) -> str:
    """The systemd unit; containers outlive a restart of the daemon (KillMode=process)."""
    return f"""[Unit]
Description=containerd container runtime
Documentation=https://containerd.io/docs/
After=network.target local-fs.target
StartLimitIntervalSec=0

[Service]
ExecStart={program("containerd", settings)}
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=1
TimeoutStartSec=300
LimitNOFILE=1048576
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
"""


def _toml(value: bool) -> str:  # noqa: FBT001 - a value to be written, not a switch
    return "true" if value else "false"
