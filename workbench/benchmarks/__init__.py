"""Times, sizes and ratios of a real cluster, measured side by side with a bare `kubeadm init` of the same binaries."""
