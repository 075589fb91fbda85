"""AWS's services as instances see them: by name, behind TLS, with checked signatures."""
