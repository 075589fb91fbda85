"""Prometheus and Grafana on one machine. Its configuration speaks of etcd and API servers, and runs neither."""

import pulumi_aws as aws
import yaml

from tests.policy.foreign.case import Alone

SCRAPE = {
    "global": {"scrape_interval": "15s"},
    "scrape_configs": [
        {"job_name": "etcd", "scheme": "http", "static_configs": [{"targets": ["10.2.0.11:2381", "10.2.0.12:2381"]}]},
        {
            "job_name": "kube-apiserver",
            "scheme": "https",
            "tls_config": {"insecure_skip_verify": True},
            "static_configs": [{"targets": ["api.other.acme.example:6443"]}],
        },
    ],
    "rule_files": ["/etc/prometheus/rules/*.yaml"],
}
ALERTS = {
    "groups": [
        {
            "name": "etcd",
            "rules": [
                {
                    "alert": "NoLeader",
                    "expr": "etcd_server_has_leader == 0",
                    "annotations": {"summary": "run etcdctl endpoint status --cluster, then see the runbook"},
                }
            ],
        }
    ]
}


def program() -> None:
    """The machine, its volume and a topic for alerts."""
    files = {"/etc/prometheus/prometheus.yml": SCRAPE, "/etc/prometheus/rules/etcd.yaml": ALERTS}
    written = [{"path": path, "content": yaml.safe_dump(content)} for path, content in files.items()]
    run = ["docker run -d --net host prom/prometheus:latest", "docker run -d -p 3000:3000 grafana/grafana"]
    document = {"packages": ["docker.io"], "write_files": written, "runcmd": run}
    machine = aws.ec2.Instance(
        "monitoring",
        ami="ami-0f00ba4e57a71e000",
        instance_type="m6i.xlarge",
        user_data="#cloud-config\n" + yaml.safe_dump(document),
    )
    volume = aws.ebs.Volume("metrics", availability_zone="eu-west-1a", size=300)
    aws.ec2.VolumeAttachment("metrics", instance_id=machine.id, volume_id=volume.id, device_name="/dev/sdf")
    aws.sns.Topic("alerts")


ALONE = Alone(name="monitoring", program=program, idea="a configuration that watches etcd is not etcd")
