"""What runs inside the cluster, decided before anything is created."""
