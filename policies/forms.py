"""The forms of a control plane that the pack reads, and the signs of one in any other form."""

FORMS: tuple[tuple[str, str], ...] = (
    (
        "machines",
        (
            "aws.ec2 Instance, SpotInstanceRequest, LaunchTemplate and LaunchConfiguration (alone or in an "
            "auto-scaling group, mixed policies included); command.remote Command, CopyToRemote and "
            "CopyFile; command.local Command with a login; quorate.hosts Node"
        ),
    ),
    (
        "user data",
        (
            "plain text, base64, gzip, MIME in any order of headers, jinja templates, cloud-config, "
            "cloud-config archives, shell scripts with here-documents, echo and printf, scripts written by "
            "scripts, Ignition; scripts and documents that it fetches from S3 objects and plain SSM parameters of "
            "the stack; shell steps of SSM documents with an association; bundles of Quorate's own agent"
        ),
    ),
    (
        "kubeadm",
        (
            "ClusterConfiguration, InitConfiguration, JoinConfiguration, KubeletConfiguration and "
            "KubeProxyConfiguration in YAML or JSON, with stacked or external etcd; `kubeadm init` and "
            "`kubeadm join` as commands"
        ),
    ),
    (
        "etcd",
        (
            "systemd units, scripts, `docker run`, static pods, ETCD_ variables (several in one "
            "Environment=), etcd's own YAML file, options with one dash or two"
        ),
    ),
    (
        "RKE2, k3s",
        (
            "servers with embedded etcd: config.yaml and config.yaml.d, `k3s server` and `rke2 server`, the "
            "installers; with a database instead of etcd they are not read"
        ),
    ),
    (
        "API server, controller manager, scheduler",
        "systemd units, scripts, containers, static pods, kubeadm's extraArgs",
    ),
    (
        "kubelet",
        "KubeletConfiguration, kubeletExtraArgs, KUBELET_ variables, command line",
    ),
    (
        "balancers",
        (
            "aws.lb (and alb) load balancers, listeners and target groups; classic load balancers; "
            "attachments by resource (of a classic load balancer by its name too), by auto-scaling group or "
            "inside; HAProxy, nginx stream, Keepalived"
        ),
    ),
    (
        "firewall",
        (
            "inline rules, SecurityGroupRule, SecurityGroupIngressRule, prefix lists of the stack, the VPC's "
            "default group, groups of interfaces"
        ),
    ),
    (
        "certificates",
        "pulumi-tls keys, requests, self-signed and locally signed certificates, intermediates included",
    ),
    (
        "backups",
        (
            "scripts with `etcdctl snapshot save`, systemd timers, cron, CronJobs; aws.s3 buckets with "
            "settings inside or as resources of their own"
        ),
    ),
    (
        "Kubernetes objects",
        "pulumi-kubernetes resources in a stack that makes the control plane",
    ),
)
# Commands and documents that only a control plane has, in any property.
MARKS = (
    "kubeadm init",
    "kubeadm.k8s.io/",
    "kube-apiserver --",
    "--initial-cluster",
    "ETCD_INITIAL_CLUSTER",
    "k3s server",
    "rke2-server",
    "k0s install controller",
    "talosctl gen config",
    "type: controlplane",  # Talos' machine configuration
    "microk8s",
)
