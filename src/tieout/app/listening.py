"""Opening a port before anything else is started."""

from __future__ import annotations

import socket

from tieout.app.running import InputError


def listening(host: str, port: int) -> socket.socket:
    """The opened port; 0 takes any free one. Raises InputError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise InputError(
            f"Cannot listen on {host}, port {port}: {reason}. Another program may have it"
            " (another tieout serve?); choose another port."
        ) from None
