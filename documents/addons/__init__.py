"""Objects of Kubernetes, as data: what the add-ons are made of. Components make typed resources of them."""
