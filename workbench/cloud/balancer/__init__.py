"""Network load balancers: HAProxy passes connections through on an address in each of their zones."""
