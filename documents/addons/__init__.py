"""The Kubernetes objects of the add-ons, as data. Components turn them into typed resources."""
