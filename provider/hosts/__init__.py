"""Resources on machines that are reached by SSH: one node, and the cluster that the nodes form."""
