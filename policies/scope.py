"""Evidence: why a rule applies to a resource, in the words of the documentation."""

MACHINE = (
    "a machine whose own documents run kubeadm, an API server or an etcd member, or that is a target "
    "behind an API server's port; a worker only if the stack makes its cluster, too"
)
PLANE = "a machine whose own documents run an API server (kubeadm, a unit, a static pod or a container)"
MEMBER = (
    "a machine whose own documents start etcd (flags, variables or its YAML file), or kubeadm with its stacked etcd; "
    "not an etcd whose address is in the configuration of another program, such as Patroni, and in no API server's"
)
KUBELET = "a KubeletConfiguration or kubelet options in the documents of a machine in scope"
BALANCER = (
    "a target group or classic balancer that sends connections to the port of an API server of this "
    "stack, or that the nodes' endpoint leads to; a HAProxy or nginx stream that forwards to API servers"
)
RECORD = (
    "a DNS record for the name that machines in scope use as controlPlaneEndpoint, or an alias of the API's balancer; "
    "that no record exists counts if a document names the endpoint"
)
BALANCED_ETCD = "a listener or a HAProxy that sends connections to port 2379 or 2380 of a machine with an etcd member"
GROUP = "a security group around a machine in scope (its own, its interface's, its template's, or the VPC's default)"
ENTRANCE = f"{GROUP}; the load balancer of the API"
ADDRESS = "a Keepalived configuration on a machine in scope"
CERTIFICATE = (
    "a certificate whose usages, names and subject fit an API server, a member or a user of Kubernetes, "
    "or that such a machine gets; the others of the same authority"
)
AUTHORITY = (
    "an authority that signs a certificate of an API server, an etcd member or a user of Kubernetes, "
    "intermediates included"
)
KEPT = (
    "an authority that signs a certificate of an API server, an etcd member or a user of Kubernetes, and its key; a "
    "bucket to which a script saves etcd's snapshots; a KMS key of that bucket or of a member's volume"
)
KEY = (
    "the private key of a certificate of an API server, an etcd member or a user of Kubernetes, the key of its "
    "authority, or a key that a machine in scope gets"
)
BUCKET = "a bucket that a script with `etcdctl snapshot save` names, or that Quorate's component makes"
VOLUME = "a volume that is attached to a machine with an etcd member"
OBJECT = "a Kubernetes object in a stack that makes the control plane itself"
CLUSTER = "a control plane in the stack"
RESOURCE = "a machine whose own user data puts it in scope, or a resource under a component of Quorate"
