"""Resources on any machine that is reached by SSH: one node, and the cluster that the nodes form."""
