# Made by: python -m docs.generate
from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

class AddOnsArgs(TypedDict, total=False):
    enabled: bool
    podNetwork: PodNetworkArgs
    kubeProxy: KubeProxyArgs
    coreDns: CoreDnsArgs
    metricsServer: MetricsServerArgs
    namespaces: Sequence[ManagedNamespaceArgs]
    access: NamespacesAccessArgs
    storageClass: StorageClassArgs | None
    externalDns: ExternalDnsArgs
    cloudController: CloudControllerArgs
    certManager: CertManagerArgs

class ArtifactsArgs(TypedDict, total=False):
    source: Literal["store", "packages"]
    repositories: Sequence[RepositoryArgs]
    store: str | None
    manifest: str | None
    digests: Sequence[DigestArgs]

class AuditArgs(TypedDict, total=False):
    level: Literal["Metadata", "Request", "RequestResponse"]
    maxAgeDays: int
    maxBackups: int
    maxSizeMegabytes: int

class AuthorityGenerationsArgs(TypedDict, total=False):
    cluster: Sequence[int]
    etcd: Sequence[int]
    frontProxy: Sequence[int]

class AutoscalerArgs(TypedDict, total=False):
    image: str | None

class AwsArgs(TypedDict, total=False):
    account: str
    region: str
    zones: Sequence[str]
    network: AwsNetworkArgs
    machines: MachinesArgs
    access: AwsAccessArgs
    loadBalancer: LoadBalancerArgs
    dns: DnsArgs
    kmsKeyArn: str | None
    backups: BackupsArgs
    watch: WatchArgs
    protect: bool

class AwsNetworkArgs(TypedDict, total=False):
    cidr: str
    secondaryCidrs: Sequence[str]
    vpcId: str | None
    subnets: Sequence[SubnetArgs]
    publicSubnets: Sequence[SubnetArgs]
    egress: Literal["nat", "nat-per-zone", "endpoints"]
    flowLogDays: int
    workers: Sequence[str]
    openings: Sequence[OpeningArgs]

class BackupsArgs(TypedDict, total=False):
    bucket: str | None
    everyHours: int
    keepDays: int
    objectLockDays: int | None
    replicaRegion: str | None

class CertManagerArgs(TypedDict, total=False):
    enabled: bool
    chart: ChartArgs | None
    namespace: str

class CertificatesArgs(TypedDict, total=False):
    algorithm: Literal["ECDSA-P256", "ECDSA-P384", "RSA-3072", "RSA-4096"]
    authorityHours: int
    leafHours: int
    earlyRenewalHours: int | None
    authorities: Literal["generated", "provided", "external"]
    chained: Sequence[str]
    generations: AuthorityGenerationsArgs
    protect: bool

class ChartArgs(TypedDict, total=False):
    path: str
    version: str
    digest: str
    values: Mapping[str, object]

class CloudControllerArgs(TypedDict, total=False):
    enabled: bool
    image: str | None

class ContainerDefaultsArgs(TypedDict, total=False):
    cpu: CpuAmountsArgs
    memory: MemoryAmountsArgs

class ControlPlaneArgs(TypedDict, total=False):
    kubernetesVersion: str
    audit: AuditArgs
    serviceAccountIssuers: Sequence[str]
    encryption: Literal["secretbox", "none"]
    encryptionKeys: Sequence[int]
    kubeReserved: ReservedArgs
    systemReserved: ReservedArgs
    imageRepository: str
    etcdServers: Literal["all", "own"]

class CoreDnsArgs(TypedDict, total=False):
    enabled: bool
    image: str | None
    atLeast: int | None
    cores: int | None
    coresPerReplica: int
    nodesPerReplica: int
    autoscaler: AutoscalerArgs
    upstream: Sequence[str]
    stubDomains: Sequence[StubDomainArgs]

class CpuAmountsArgs(TypedDict, total=False):
    minimum: str
    request: str
    limit: str
    maximum: str

class DigestArgs(TypedDict, total=False):
    path: str
    sha256: str
    kind: Literal["binary", "cni", "image", "package"]
    release: str | None
    name: str | None
    version: str | None
    neededBy: Sequence[str]

class DnsArgs(TypedDict, total=False):
    domain: str
    zoneId: str | None

class EndpointSettingsArgs(TypedDict, total=False):
    name: str
    otherNames: Sequence[str]
    port: int
    virtualIp: VirtualIpArgs | None
    balancer: Literal["haproxy", "nginx"]
    dedicatedHosts: Sequence[str]

class EtcdArgs(TypedDict, total=False):
    version: str
    heartbeatMs: int
    electionMs: int
    roundTripMs: float
    quotaBytes: int
    initialCorruptCheck: bool

class EtcdVolumeArgs(TypedDict, total=False):
    type: Literal["gp3", "io2"]
    gibibytes: int
    iops: int
    throughput: int | None

class ExternalDnsArgs(TypedDict, total=False):
    enabled: bool
    image: str | None
    namespace: str
    domains: Sequence[str]
    owner: str | None
    policy: Literal["upsert-only", "sync"]
    zone: Literal["public", "private"]
    credentialsSecret: str | None

class HostBackupsArgs(TypedDict, total=False):
    everyHours: int
    directory: str
    keep: int
    send: Sequence[str]

class HostNodeArgs(TypedDict, total=False):
    name: str
    address: str
    failureDomain: str
    hostKey: str | None
    sshUser: str | None
    sshPort: int | None
    interface: str | None
    podRanges: Sequence[str]

class ImageArgs(TypedDict, total=False):
    id: str | None
    owner: str
    name: str | None
    architecture: Literal["amd64", "arm64"]

class KubeProxyArgs(TypedDict, total=False):
    enabled: bool
    image: str | None

class LoadBalancerArgs(TypedDict, total=False):
    public: bool
    clients: Sequence[str]
    crossZone: bool
    deletionProtection: bool
    deregistrationSeconds: int
    accessLogsBucket: str | None

class LocalMachinesArgs(TypedDict, total=False):
    fleet: str
    bridge: str
    memoryMegabytes: int | None

class MachinesArgs(TypedDict, total=False):
    size: Literal["small", "medium", "large", "xlarge"]
    instanceType: str | None
    etcdVolume: EtcdVolumeArgs | None
    rootGibibytes: int
    image: ImageArgs
    terminationProtection: bool

class ManagedNamespaceArgs(TypedDict, total=False):
    name: str
    podSecurity: Literal["restricted", "baseline"]
    egress: Literal["named", "any"]
    quota: QuotaArgs
    containers: ContainerDefaultsArgs

class MemoryAmountsArgs(TypedDict, total=False):
    minimum: str
    request: str
    limit: str
    maximum: str

class MetricsServerArgs(TypedDict, total=False):
    enabled: bool
    image: str | None
    replicas: int
    resolutionSeconds: int

class NetworkArgs(TypedDict, total=False):
    hosts: str
    pods: Sequence[str]
    services: Sequence[str]
    dnsDomain: str
    gateway: str | None
    dnsServers: Sequence[str]
    timeServers: Sequence[str]

class OpeningArgs(TypedDict, total=False):
    port: int
    protocol: Literal["tcp", "udp"]
    why: str

class PodNetworkArgs(TypedDict, total=False):
    kind: Literal["routed", "cilium", "calico", "own"]
    chart: ChartArgs | None

class ProxyArgs(TypedDict, total=False):
    http: str | None
    https: str | None
    noProxy: Sequence[str]

class QuotaArgs(TypedDict, total=False):
    requestsCpu: str
    requestsMemory: str
    limitsCpu: str
    limitsMemory: str
    pods: int
    persistentVolumeClaims: int
    loadBalancers: int
    nodePorts: int
    secrets: int
    configMaps: int

class RepositoryArgs(TypedDict, total=False):
    url: str
    suite: str
    components: Sequence[str]
    key: str

class ReservedArgs(TypedDict, total=False):
    cpu: str
    memory: str

class SshArgs(TypedDict, total=False):
    user: str
    port: int
    privateKeyPath: str

class StorageClassArgs(TypedDict, total=False):
    name: str
    provisioner: str
    parameters: Mapping[str, object]
    reclaim: Literal["Retain", "Delete"]

class StubDomainArgs(TypedDict, total=False):
    domain: str
    servers: Sequence[str]

class SubnetArgs(TypedDict, total=False):
    zone: str
    cidr: str
    id: str | None

class VirtualIpArgs(TypedDict, total=False):
    address: str
    interface: str
    routerId: int
    advertSeconds: float

class WatchArgs(TypedDict, total=False):
    topicArn: str | None
    certificateDays: int | None
    leaderChanges: int

class AwsAccessArgs(TypedDict, total=False):
    way: Literal["instance-connect", "direct", "command"]
    endpointId: str | None
    proxyCommand: str | None
    proxyPort: int | None
    clients: Sequence[str]
    publicKey: str | None

class NamespacesAccessArgs(TypedDict, total=False):
    enabled: bool
    viewers: Sequence[str]
    operators: Sequence[str]
    admins: Sequence[str]

class ClusterArgs(TypedDict, total=False):
    preset: Literal["local", "dev", "prod"] | None
    cluster: Required[str]
    kind: Literal["hosts", "aws"]
    members: int | None
    singleMember: bool
    singleFailureDomain: bool
    nodes: Sequence[HostNodeArgs]
    workers: Sequence[HostNodeArgs]
    balancers: Sequence[HostNodeArgs]
    network: NetworkArgs
    endpoint: EndpointSettingsArgs
    etcd: EtcdArgs
    certificates: CertificatesArgs
    controlPlane: ControlPlaneArgs
    ssh: SshArgs
    artifacts: ArtifactsArgs
    proxy: ProxyArgs
    backups: HostBackupsArgs
    localMachines: LocalMachinesArgs | None
    aws: AwsArgs | None
    addons: AddOnsArgs
