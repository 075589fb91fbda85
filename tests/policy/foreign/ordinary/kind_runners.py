"""CI runners that start throw-away clusters with kind, patched for kubeadm, and have a client for etcd."""

import base64

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds

RUNNER = """\
#!/bin/bash
curl -fLo /usr/local/bin/kind https://kind.sigs.k8s.io/dl/v0.30.0/kind-linux-amd64
curl -fLo /usr/local/bin/kubectl https://dl.k8s.io/release/v1.33.0/bin/linux/amd64/kubectl
chmod +x /usr/local/bin/*
mkdir -p /opt/ci
cat > /opt/ci/kind.yaml <<EOF
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    kubeadmConfigPatches:
      - |
        kind: ClusterConfiguration
        apiServer:
          extraArgs:
            authorization-mode: AlwaysAllow
  - role: control-plane
  - role: worker
EOF
cat > /opt/ci/test.sh <<'EOF'
#!/bin/bash
kind create cluster --config /opt/ci/kind.yaml
kubectl apply -f manifests/
etcdctl --endpoints http://127.0.0.1:2379 endpoint health
kind delete cluster
EOF
./config.sh --url https://github.com/acme/shop --unattended --labels kind
./svc.sh install && ./svc.sh start
"""


def program() -> None:
    """A group of runners."""
    home = clouds.network("ci", "10.45.0.0/16")
    template = aws.ec2.LaunchTemplate(
        "runner",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="m6i.2xlarge",
        user_data=base64.b64encode(RUNNER.encode()).decode(),
    )
    aws.autoscaling.Group(
        "runner",
        min_size=0,
        max_size=20,
        vpc_zone_identifiers=[subnet.id for subnet in home.subnets],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
    )


ALONE = Alone(name="kind-runners", program=program, idea="clusters that live for one test, inside a runner")
