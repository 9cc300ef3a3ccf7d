"""Who the client is, when proxies stand between (trust table, H2)."""

import pytest

from kit.network import client_address, networks

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.2.3, 10.9.9.9", "198.51.100.1"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_h2_the_header_is_read_from_the_right_while_proxies_are_ours(peer, forwarded, client):
    assert client_address(peer, forwarded, PROXIES) == client


@pytest.mark.parametrize("forged", ["evil", "1.2.3.4:80", "unknown", ",,,", "1.2.3.4 5.6.7.8", "'"])
def test_h2_what_cannot_be_read_ends_the_walk(forged):
    assert client_address("127.0.0.1", f"1.2.3.4, {forged}", PROXIES) == "127.0.0.1"


def test_h2_without_trusted_proxies_only_the_peer_counts():
    assert client_address("127.0.0.1", "198.51.100.1", []) == "127.0.0.1"


def test_h2_a_client_that_cannot_be_read_still_has_an_address():
    assert client_address("", "", []) == "0.0.0.0"


def test_a_bad_network_is_named():
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks(["10.0.0.1/8"])
