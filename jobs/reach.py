"""A connection to an address outside that was looked at first: its name resolved once, its addresses public unless allowed."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult

from jobs.connector import ConnectorFailed, Target

PATIENCE = 10.0
"""Seconds that each read or write may take; the whole call has a limit of its own."""

PORTS = {"http": 80, "https": 443}

TRANSLATED = tuple(ipaddress.IPv6Network(net) for net in ("::/96", "64:ff9b::/96"))
"""Addresses of IPv6 that end with one of IPv4, which a gateway may call instead (RFC 4291, 6052)."""

INWARD = ipaddress.IPv6Network("64:ff9b:1::/48")
"""Addresses that each network translates as it likes (RFC 8215)."""


class Reached(http.client.HTTPConnection):
    """A connection to exactly the address that was checked: a name that resolves anew could lead elsewhere."""

    def __init__(self, address: str, place: SplitResult, port: int) -> None:
        super().__init__(place.hostname or "", port, timeout=PATIENCE)
        self.address, self.secured = address, place.scheme == "https"

    def connect(self) -> None:
        """Connect, with TLS for https, whose certificate is that of the name."""
        plain = socket.create_connection((self.address, self.port), PATIENCE)
        self.sock = plain
        if self.secured:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def opened(target: Target, place: SplitResult) -> Reached:
    """A connection that is not open yet. Raises ConnectorFailed for what may not be reached."""
    try:
        port = place.port or PORTS[place.scheme]
    except (ValueError, KeyError):
        raise _not_allowed(target, "expected http:// or https:// as the address") from None
    if not place.hostname or place.username or place.password:
        raise _not_allowed(target, "expected an address with a host and without a password")
    try:
        found = socket.getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectorFailed(f"{place.hostname} is not found", permanent=False, code="unreachable") from error
    addresses = [str(row[4][0]) for row in found]
    if not target.private and not all(is_public(address) for address in addresses):
        raise _not_allowed(target, "expected a public address, for the target is not marked as private")
    return Reached(addresses[0], place, port)


def is_public(address: str) -> bool:
    """Anybody may be reached there: it is not of this machine, this network, or kept for something else."""
    found = ipaddress.ip_address(address.partition("%")[0])
    meant = [found] if isinstance(found, ipaddress.IPv4Address) else _within(found)
    return found not in INWARD and all(one.is_global and not one.is_multicast for one in meant)


def _within(found: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The address of IPv4 that one of IPv6 stands for, when it does; else itself, and what a gateway would make of it."""
    if found.ipv4_mapped is not None:
        return [found.ipv4_mapped]
    last = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    translated = [last] if any(found in network for network in TRANSLATED) else []
    return [found, *translated, *([] if found.sixtofour is None else [found.sixtofour])]


def _not_allowed(target: Target, what: str) -> ConnectorFailed:
    return ConnectorFailed(f"{what} of target {target.name}", permanent=True, code="target")
