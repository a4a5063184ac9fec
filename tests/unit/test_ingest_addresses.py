"""Public addresses, private ones, and those that look public and are not."""

from ipaddress import ip_address

import pytest

from core.errors import ConfigError
from ingest.addresses import AllowList, is_public

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00::1",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "192.0.1.1",
    "100.128.0.1",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2001:4860:4860::8888",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_allow_list_opens_networks_and_single_services() -> None:
    allowed = AllowList(["10.1.0.0/16", "LocalHost:8080", "[::1]:80"])
    inside, outside, loopback = ip_address("10.1.2.3"), ip_address("10.2.0.1"), ip_address("127.0.0.1")

    assert allowed.refused("intranet.test:80", [inside]) == []
    assert allowed.refused("intranet.test:80", [inside, outside]) == [outside]
    assert allowed.refused("localhost:8080", [loopback]) == []
    assert allowed.refused("localhost:8081", [loopback]) == [loopback]
    assert allowed.refused("[::1]:80", [ip_address("::1")]) == []


@pytest.mark.parametrize("entry", ["", "everything", "10.0.0.1/8", "localhost", "localhost:", "http://localhost:80"])
def test_an_entry_that_says_nothing_is_refused(entry: str) -> None:
    with pytest.raises(ConfigError, match="host:port"):
        AllowList([entry])
