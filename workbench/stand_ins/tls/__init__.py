"""Stand-in for the `tls` provider: keys, requests and certificates, as the SDK pulumi-tls describes them."""
