"""Measures times, sizes and ratios of a real cluster side by side with a bare `kubeadm init` of the same binaries."""
