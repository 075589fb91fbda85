"""Environments in which every setting has a value, so that a test can try each of them."""

from tests.unit.plan.test_hosts import KEY

DIGEST = f"sha256:{'a' * 64}"
IMAGE = "registry.example.com/tool:v1.2.3"

ADDONS: dict[str, object] = {
    "enabled": True,
    "podNetwork": {
        "kind": "cilium",
        "chart": {
            "path": "charts/cilium-1.18.4.tgz",
            "version": "1.18.4",
            "digest": DIGEST,
            "values": {"debug": False},
        },
    },
    "kubeProxy": {"enabled": True, "image": IMAGE},
    "coreDns": {
        "image": IMAGE,
        "atLeast": 3,
        "cores": 16,
        "coresPerReplica": 256,
        "nodesPerReplica": 16,
        "autoscaler": {"image": IMAGE},
        "upstream": ["192.0.2.53"],
        "stubDomains": [{"domain": "consul.internal", "servers": ["192.0.2.54"]}],
    },
    "metricsServer": {"image": IMAGE, "replicas": 2, "resolutionSeconds": 15},
    "namespaces": [
        {
            "name": "apps",
            "podSecurity": "restricted",
            "egress": "named",
            "quota": {
                "requestsCpu": "4",
                "requestsMemory": "8Gi",
                "limitsCpu": "8",
                "limitsMemory": "16Gi",
                "pods": 50,
                "persistentVolumeClaims": 20,
                "loadBalancers": 2,
                "nodePorts": 0,
                "secrets": 200,
                "configMaps": 200,
            },
            "containers": {
                "cpu": {"minimum": "10m", "request": "100m", "limit": "500m", "maximum": "2"},
                "memory": {"minimum": "16Mi", "request": "128Mi", "limit": "256Mi", "maximum": "2Gi"},
            },
        }
    ],
    "access": {"viewers": ["team:viewers"], "operators": ["team:operators"], "admins": ["team:admins"]},
    "storageClass": {
        "name": "gp3",
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"type": "gp3"},
        "reclaim": "Retain",
    },
    "externalDns": {
        "enabled": True,
        "image": IMAGE,
        "namespace": "external-dns",
        "domains": ["apps.example.com"],
        "owner": "north",
        "credentialsSecret": "external-dns-credentials",
    },
    "certManager": {
        "enabled": True,
        "namespace": "cert-manager",
        "chart": {"path": "charts/cert-manager-1.19.2.tgz", "version": "1.19.2", "digest": DIGEST},
    },
}
SHARED: dict[str, object] = {
    "cluster": "north",
    "preset": "prod",
    "etcd": {
        "version": "3.6.10",
        "heartbeatMs": 100,
        "electionMs": 1000,
        "roundTripMs": 1.0,
        "quotaBytes": 4 * 2**30,
        "initialCorruptCheck": True,
    },
    "certificates": {
        "algorithm": "ECDSA-P256",
        "authorityHours": 87_600,
        "leafHours": 8_760,
        "earlyRenewalHours": 720,
        "generations": {"cluster": [1], "etcd": [1, 2], "frontProxy": [1]},
        "protect": True,
    },
    "controlPlane": {
        "kubernetesVersion": "1.36.3",
        "audit": {"level": "Metadata", "maxAgeDays": 30, "maxBackups": 10, "maxSizeMegabytes": 100},
        "serviceAccountIssuers": ["https://api.north.example.com:8443"],
        "encryptionKeys": [1],
        "kubeReserved": {"cpu": "500m", "memory": "1Gi"},
        "systemReserved": {"cpu": "500m", "memory": "1Gi"},
        "imageRepository": "registry.k8s.io",
        "etcdServers": "own",
    },
    "proxy": {"http": "http://proxy.example.com:3128", "https": "http://proxy.example.com:3128", "noProxy": [".corp"]},
    "addons": ADDONS,
}


def _host(kind: str, number: int) -> dict[str, object]:
    return {
        "name": f"{kind}{number}",
        "address": f"10.1.0.{ {'cp': 10, 'lb': 20, 'w': 30}[kind] + number }",
        "failureDomain": f"room-{number}",
        "sshUser": "jane.doe",
        "sshPort": 22,
        "interface": "eth1",
    }


HOSTS: dict[str, object] = {
    **SHARED,
    "kind": "hosts",
    "members": 3,
    "nodes": [{**_host("cp", n), **({"hostKey": KEY} if n == 1 else {})} for n in (1, 2, 3)],
    "workers": [{**_host("w", n), "podRanges": [f"10.244.{30 + n}.0/24"]} for n in (1, 2)],
    "balancers": [_host("lb", n) for n in (1, 2)],
    "network": {
        "hosts": "10.1.0.0/24",
        "pods": ["10.244.0.0/16"],
        "services": ["10.96.0.0/16"],
        "dnsDomain": "cluster.local",
        "gateway": "10.1.0.1",
        "dnsServers": ["192.0.2.53"],
        "timeServers": ["ntp.example.com", "192.0.2.123"],
    },
    "endpoint": {
        "name": "api.north.example.com",
        "otherNames": ["old.north.example.com"],
        "port": 8443,
        "virtualIp": {"address": "10.1.0.10", "interface": "eth0", "routerId": 78, "advertSeconds": 0.3},
        "balancer": "haproxy",
        "dedicatedHosts": ["lb1", "lb2"],
    },
    "ssh": {"user": "root", "port": 22, "privateKeyPath": "key"},
    "artifacts": {"source": "store", "store": "https://files.example.com/quorate", "manifest": "manifest.json"},
    "backups": {"everyHours": 6, "directory": "/var/backups/quorate", "keep": 28, "send": ["rclone", "copy-files"]},
    "localMachines": None,
}
AWS: dict[str, object] = {
    **SHARED,
    "kind": "aws",
    "artifacts": {
        "source": "packages",
        "repositories": [
            {
                "url": "https://packages.example.com/kubernetes/v{minor}",
                "suite": "stable",
                "components": ["main"],
                "key": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n",
            }
        ],
    },
    "members": 3,
    "aws": {
        "account": "123456789012",
        "region": "eu-west-1",
        "zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
        "network": {
            "cidr": "10.20.0.0/16",
            "secondaryCidrs": ["10.30.0.0/16"],
            "vpcId": "vpc-0123456789abcdef0",
            "subnets": [
                {
                    "zone": f"eu-west-1{z}",
                    "cidr": f"10.{20 + 10 * (z == 'c')}.{n}.0/24",
                    "id": f"subnet-0{n}23456789abcdef0",
                }
                for n, z in enumerate("abc")
            ],
            "publicSubnets": [
                {"zone": f"eu-west-1{z}", "cidr": f"10.20.1{n}.0/24", "id": f"subnet-1{n}23456789abcdef0"}
                for n, z in enumerate("abc")
            ],
            "egress": "nat",
            "flowLogDays": 30,
            "workers": ["10.20.128.0/17"],
            "openings": [{"port": 8472, "protocol": "udp", "why": "VXLAN"}],
        },
        "machines": {
            "size": "medium",
            "instanceType": "m7i.xlarge",
            "etcdVolume": {"type": "gp3", "gibibytes": 40, "iops": 6_000, "throughput": 125},
            "rootGibibytes": 30,
            "image": {"id": "ami-0123456789abcdef0", "owner": "136693071363", "name": "debian-12-amd64-*"},
        },
        "loadBalancer": {"clients": ["10.20.0.0/16"], "deregistrationSeconds": 30, "accessLogsBucket": "acme-logs"},
        "dns": {"domain": "example.internal", "zoneId": "Z0123456789ABCDEFGHIJ"},
        "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0123-4567",
        "backups": {
            "bucket": "acme-north-etcd",
            "everyHours": 6,
            "keepDays": 30,
            "objectLockDays": 7,
            "replicaRegion": "eu-central-1",
        },
        "watch": {
            "topicArn": "arn:aws:sns:eu-west-1:123456789012:on-call",
            "certificateDays": 20,
            "leaderChanges": 3,
        },
        "access": {"way": "command", "proxyCommand": "ssh -W %h:%p bastion.example.com", "publicKey": KEY},
    },
}
