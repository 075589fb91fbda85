"""TLS versions and cipher suites of every server of the control plane (CIS Kubernetes benchmark 1.2.29 and 4.2.12)."""

KUBERNETES_MINIMUM = "VersionTLS12"
ETCD_MINIMUM = "TLS1.2"

# Forward secrecy and authenticated encryption only. They apply to TLS 1.2; in Go, the suites of TLS 1.3 cannot be
# configured. Both key types, because a user's own CAs may be RSA. HTTP/2 requires the AES-128-GCM ones (RFC 7540,
# 9.2.2).
CIPHER_SUITES = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
)
