"""Outside sources that more than one rule cites."""

KUBEADM_HA = "Kubernetes documentation: creating highly available clusters with kubeadm"
PKI = "Kubernetes documentation: PKI certificates and requirements"
OPERATING_ETCD = "Kubernetes documentation: operating etcd clusters"
ETCD_FAQ = "etcd documentation: FAQ"
ETCD_RECOVERY = "etcd documentation: disaster recovery"
ETCD_SECURITY = "etcd documentation: transport security model"
