"""One environment: read its settings, make the plan, build it."""

import gc
from pathlib import Path

import pulumi

from components.configuration import authority_files, aws_access, provided_authorities, settings_mapping
from components.control_plane import ControlPlane
from plan import Refused, make
from plan.loading.configuration import load

gc.disable()  # what a run creates lives until its end: looking for garbage took 40 % of its processor time
try:
    plan = make(load(settings_mapping(), Path(__file__).parent, authority_files()))
    control_plane = ControlPlane(
        plan.settings.cluster, plan=plan, provided=provided_authorities(), aws_provider=aws_access()
    )
except Refused as refused:
    raise pulumi.RunError(str(refused)) from None

pulumi.export("cluster", plan.settings.cluster)
pulumi.export("endpoint", control_plane.facts["endpoint"])
pulumi.export("nodes", control_plane.facts["nodes"])
pulumi.export("hosts", control_plane.hosts)
