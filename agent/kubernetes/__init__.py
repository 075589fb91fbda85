"""What the agent does with Kubernetes on its node: kubeadm, static pods, pod network, encryption, kubectl."""
