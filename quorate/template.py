"""The files of a new project that builds one cluster with the installed package."""

from collections.abc import Mapping
from textwrap import dedent

PROGRAM = '''\
"""The control plane of this project: read its settings, make the plan, build it."""

import pulumi

import quorate

try:
    plan = quorate.plan(pulumi.Config().require_object("cluster"))
    control_plane = quorate.ControlPlane(plan.settings.cluster, plan=plan)
except quorate.Refused as refused:
    raise pulumi.RunError(str(refused)) from None

pulumi.export("endpoint", control_plane.facts["endpoint"])
pulumi.export("hosts", control_plane.hosts)
'''
PROVIDER = '''\
"""Started by the engine: the provider that reaches the machines."""

import sys

from quorate.serving import main

main(sys.argv[1:])
'''
PACK = '''\
"""Started by the engine: the policy pack."""

from quorate.policies.rules import RULES
from quorate.policies.server import serve

serve(RULES)
'''
RUNTIME = """\
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: ../.venv
"""
AWS = """\
    preset: dev
    kind: aws
    aws:
      account: "123456789012"  # yours
      region: eu-west-1
      dns:
        domain: example.internal
      access:
        publicKey: {public_key}
"""
HOSTS = """\
    preset: dev
    kind: hosts
    nodes:
      - {{name: cp1, address: 192.0.2.11, failureDomain: rack-1}}
      - {{name: cp2, address: 192.0.2.12, failureDomain: rack-2}}
      - {{name: cp3, address: 192.0.2.13, failureDomain: rack-3}}
    network: {{hosts: 192.0.2.0/24}}
    endpoint:
      name: api.{name}.example.com
      virtualIp: {{address: 192.0.2.10, interface: eth0}}
    ssh: {{privateKeyPath: ~/.ssh/id_ed25519}}
"""
KINDS: Mapping[str, str] = {"aws": AWS, "hosts": HOSTS}


def project(name: str, *, kind: str, version: str, public_key: str) -> Mapping[str, str]:
    """The text of each file by its path in the new folder. `public_key`: one line in OpenSSH's format."""
    section = KINDS[kind].format(name=name, public_key=public_key)
    return {
        "Pulumi.yaml": dedent(f"""\
            name: {name}
            description: A highly available Kubernetes control plane
            runtime:
              name: python
              options:
                toolchain: pip
                virtualenv: .venv
            plugins:
              providers:
                - name: quorate
                  path: ./provider
            """),
        "Pulumi.dev.yaml": f"config:\n  {name}:cluster:\n    cluster: {name}\n{section}",
        "__main__.py": PROGRAM,
        "requirements.txt": f"quorate=={version}\n",
        "provider/PulumiPlugin.yaml": RUNTIME,
        "provider/__main__.py": PROVIDER,
        "policies/PulumiPolicy.yaml": RUNTIME,
        "policies/__main__.py": PACK,
        ".gitignore": ".venv/\n__pycache__/\n.quorate/\n",
    }
