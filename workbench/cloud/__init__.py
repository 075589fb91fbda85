"""AWS on this computer: moto's server with patches for the behaviour that a control plane depends on."""
