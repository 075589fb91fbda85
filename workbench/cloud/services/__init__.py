"""AWS's services for instances: by name, over TLS, with verified signatures."""
