"""Explains why a tunnel did not open, and what to do about it."""

import socket
import ssl

SHOWN = 300  # characters of a response that an error shows


class TunnelFailed(Exception):
    """The tunnel did not open. The message says what was tried, what was found and how to fix it."""


def refused(endpoint: str, status: int, text: str) -> TunnelFailed:
    """The endpoint rejected the handshake with an HTTP status."""
    found = f"{endpoint} refuses the tunnel with status {status}: {' '.join(text.split())[:SHOWN] or 'no reason'}"
    if status in {401, 403}:
        return TunnelFailed(
            f"{found}. Either the credentials have expired (`aws sts get-caller-identity` shows it), or they lack "
            "ec2-instance-connect:OpenTunnel on this endpoint for that address and port"
        )
    return TunnelFailed(f"{found}. Check that the endpoint and the instance are in the same VPC and that both exist")


def unreachable(endpoint: str, error: BaseException) -> TunnelFailed:
    """The endpoint did not respond."""
    if isinstance(error, socket.gaierror):
        why, fix = "its name cannot be resolved", "check this computer's network; `pulumi refresh` if it was recreated"
    elif isinstance(error, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted ({error.verify_message})"
        fix = "if a proxy inspects TLS here, set AWS_CA_BUNDLE to its authority"
    elif isinstance(error, TimeoutError):
        why, fix = "it does not respond", "check this computer's network and proxy (HTTPS_PROXY)"
    else:
        why, fix = str(error) or type(error).__name__, "check this computer's network and proxy (HTTPS_PROXY)"
    return TunnelFailed(f"{endpoint} cannot be reached: {why}; {fix}")


def broken(endpoint: str, address: str, port: int, *, code: int, reason: str) -> TunnelFailed:
    """The endpoint closed the connection before the instance had sent anything."""
    found = f"close code {code}{f', {reason}' if reason else ''}"
    return TunnelFailed(
        f"{endpoint} has no connection to {address}:{port} ({found}). Check that the instance runs, that sshd is "
        "up, and that the security groups of endpoint and instance allow the port"
    )
