"""Who speaks to us, when a proxy may stand between (trust table, H2)."""

from ipaddress import ip_address, ip_network


def networks(words):
    """Return the networks written as ``10.0.0.0/8`` or ``127.0.0.1``, or raise ValueError."""
    return [ip_network(word) for word in words]


def client_address(peer, forwarded, trusted):
    """Return the address of the client, as text.

    ``peer`` is the other end of the connection; ``forwarded`` the X-Forwarded-For header. The
    header is read from the right, and only while the address before it is a trusted proxy: what
    stands further left was written by strangers. Whatever cannot be read ends the walk.
    """
    hops = [hop.strip() for hop in forwarded.split(",")[-10:]] if forwarded else []
    here = peer
    while hops and is_in(here, trusted):
        before = hops.pop()
        if parse(before) is None:
            break
        here = before
    address = parse(here)
    return str(address) if address else "0.0.0.0"  # noqa: S104 - a client without a readable address


def address_of(request, trusted):
    """The address a request comes from; ``trusted`` are the proxies whose header counts (H2)."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(request.META.get("REMOTE_ADDR", ""), forwarded, trusted)


def is_in(text, trusted):
    address = parse(text)
    return address is not None and any(address in network for network in trusted)


def parse(text):
    """Return the address, an IPv4 one written as IPv6 as itself; None if ``text`` is no address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(text):
    """Return the /24 (IPv6: /48) of an address as text, or "" for what is none.

    A network is what limits and blocks go by, and all that is left of an address after 30 days.
    What is already written as a network, ``192.0.2.0/24``, stays as wide as it is.
    """
    if "/" in text:
        try:
            return str(ip_network(text, strict=False))
        except ValueError:
            return ""
    address = parse(text)
    if address is None:
        return ""
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
