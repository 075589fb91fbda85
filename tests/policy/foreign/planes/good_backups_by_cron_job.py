"""kubeadm whose snapshots are taken by a CronJob in the cluster; only its script names the bucket."""

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts.access import kubeconfig
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell
from tests.policy.foreign.parts.setup import ETCD

ENDPOINT = "api.clay.acme.example"
PKI = "/etc/kubernetes/pki/etcd"
SAVE = (
    f"etcdctl --endpoints=https://127.0.0.1:2379 --cacert={PKI}/ca.crt --cert={PKI}/healthcheck-client.crt"
    f" --key={PKI}/healthcheck-client.key snapshot save /work/etcd.db"
)


def job(bucket: str) -> kubernetes.core.v1.PodSpecArgs:
    """Saves in one container, copies in the next."""
    core = kubernetes.core.v1
    work = core.VolumeMountArgs(name="work", mount_path="/work")
    save = core.ContainerArgs(
        name="save",
        image=f"registry.k8s.io/etcd:{ETCD}-0",
        command=["/bin/sh", "-c", SAVE],
        volume_mounts=[work, core.VolumeMountArgs(name="pki", mount_path=PKI, read_only=True)],
    )
    copy = core.ContainerArgs(
        name="copy",
        image="public.ecr.aws/aws-cli/aws-cli:2.31.7",
        command=["/bin/sh", "-c", f"aws s3 cp /work/etcd.db s3://{bucket}/clay/$(date -u +%FT%H%M).db"],
        volume_mounts=[work],
    )
    return core.PodSpecArgs(
        host_network=True,
        restart_policy="OnFailure",
        priority_class_name="system-cluster-critical",
        automount_service_account_token=False,
        node_selector={"node-role.kubernetes.io/control-plane": ""},
        tolerations=[core.TolerationArgs(key="node-role.kubernetes.io/control-plane", effect="NoSchedule")],
        init_containers=[save],
        containers=[copy],
        volumes=[
            core.VolumeArgs(name="work", empty_dir=core.EmptyDirVolumeSourceArgs()),
            core.VolumeArgs(name="pki", host_path=core.HostPathVolumeSourceArgs(path=PKI, type="Directory")),
        ],
    )


def program() -> None:
    """Three nodes and the job."""
    place = around("clay", ENDPOINT, cidr="10.74.0.0/16")
    cluster = Kubeadm(name="clay", endpoint=f"{ENDPOINT}:6443")
    nodes = [place.node(n, text=shell(n, cluster, None)) for n in range(3)]
    place.behind(nodes)
    provider = kubernetes.Provider("clay", kubeconfig=kubeconfig("clay", ENDPOINT))
    template = kubernetes.core.v1.PodTemplateSpecArgs(spec=job(place.bucket))
    kubernetes.batch.v1.CronJob(
        "etcd-snapshots",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name="etcd-snapshots", namespace="kube-system"),
        spec=kubernetes.batch.v1.CronJobSpecArgs(
            schedule="0 */6 * * *",
            concurrency_policy="Forbid",
            job_template=kubernetes.batch.v1.JobTemplateSpecArgs(
                spec=kubernetes.batch.v1.JobSpecArgs(template=template, backoff_limit=2)
            ),
        ),
        opts=pulumi.ResourceOptions(provider=provider, depends_on=nodes),
    )


ALONE = Alone(name="backups-by-cron-job", program=program, idea="a CronJob every six hours is a backup schedule")
