"""Which network addresses ``kit.fetch`` may connect to (trust table, F1)."""

import re
from ipaddress import ip_address, ip_network

# Our own list: ``ipaddress.is_global`` was wrong in some Pythons (CVE-2024-4032).
PRIVATE = [
    ip_network(word)
    for word in """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
    224.0.0.0/3
    ::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/63 2001::/23 2001:db8::/32 2002::/16
    3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8
    """.split()
]
PORTS = frozenset({80, 443, 8080, 8443})
RANGE = re.compile(r"(.+?/\d{1,3})(?::(\d{1,5}))?", re.ASCII)
# The last label is a number: resolvers read 2130706433, 0177.1 and 0x7f.1 as addresses.
NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.ASCII)


def ranges(words):
    """Read ``127.0.0.0/8`` or ``127.20.0.0/16:9000``, or raise ValueError.

    Returns pairs of a network and a port, or None for every port.
    """
    found = []
    for word in words:
        match = RANGE.fullmatch(word)
        if match is None or int(match[2] or 1) not in range(1, 65536):
            raise ValueError(f"{word!r}: write a range, as 127.0.0.0/8 or 127.20.0.0/16:9000")
        found.append((ip_network(match[1]), int(match[2]) if match[2] else None))
    return found


def may_reach(address, port, allowed):
    """Tell whether an address is public and its port a usual one, or a range of ours opens it."""
    address = inner(address)
    if any(address in network and among in (None, port) for network, among in allowed):
        return True
    return port in PORTS and is_public(address)


def is_public(address):
    address = inner(address)
    return not any(address in network for network in PRIVATE)


def inner(address):
    """An IPv4 address written as IPv6 reaches what the inner one reaches."""
    return getattr(address, "ipv4_mapped", None) or address


def literal(host):
    """Return the address that ``host`` is, None for a name; ValueError for any odd spelling."""
    if ":" in host or NUMBER.fullmatch(host):
        return ip_address(host)
    return None


def is_one_of(host, port, names):
    """Tell whether ``names``, hosts with or without a port, hold this one."""
    return host in names or f"{host}:{port}" in names or f"[{host}]:{port}" in names
