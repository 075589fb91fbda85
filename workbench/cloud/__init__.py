"""AWS on this computer: moto's server with the behaviours patched in that a control plane depends on."""
