"""Which network addresses may be connected to: public ones, and those that the operator allows by name.

Python 3.11 calls NAT64, 6to4, multicast and several more "global" (`ipaddress.is_global`), so the ranges are written out here. For IPv6
only 2000::/3 holds public hosts; of it, what tunnels to IPv4 or documents something is taken out again.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence

from core.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network; 0.0.0.0 reaches the own machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; also the metadata service of one cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's platform address, in public space
        "169.254.0.0/16",  # link-local; metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
)
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})")


def is_public(address: Address) -> bool:
    """Whether `address` belongs to a host on the open internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    return address in _PUBLIC_V6 and not any(address in block for block in _REFUSED_V6)


class AllowList:
    """What may be reached besides public addresses: networks (`10.1.0.0/16`, any port) and single services (`localhost:8080`)."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self._networks: list[Network] = []
        self._services: set[str] = set()
        for entry in entries:
            self._add(entry.strip().lower())

    def _add(self, entry: str) -> None:
        if _HOST_PORT.fullmatch(entry):
            self._services.add(entry)
            return
        try:
            self._networks.append(ipaddress.ip_network(entry))
        except ValueError as error:
            raise ConfigError("is neither a network such as 10.1.0.0/16 nor host:port", subject=f"allowed address {entry!r}") from error

    def refused(self, origin: str, addresses: Iterable[Address]) -> list[Address]:
        """Those of `addresses` that must not be connected to; `origin` is the host:port under which they were found."""
        if origin in self._services:
            return []
        return [a for a in addresses if not is_public(a) and not any(a in network for network in self._networks)]
