"""Registrable domains, and addresses that no public service can have."""

import ipaddress

import pytest

from whocut.reference.bogons import bogon_block, is_bogon, load_bogons
from whocut.reference.suffixes import registrable_domain, suffix_list_version


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("EXAMPLE.com.:443", "example.com"),
        ("example.com:80", "example.com"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("one.github.io", "one.github.io"),
        ("a.one.github.io", "one.github.io"),
        ("www.пример.рф.", "xn--e1afmkfd.xn--p1ai"),
        ("www.xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:8080", "192.0.2.1"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("_dmarc.mail.example.org", "example.org"),
        ("name.of.no.suffix.internal-thing", "suffix.internal-thing"),
        ("", ""),
        ("..", ""),
    ],
)
def test_registrable_domains(hostname, expected):
    assert registrable_domain(hostname) == expected


def test_any_text_has_some_answer(rng):
    alphabet = "a.é:[]%ß\x00 -_*1"
    for _ in range(2000):
        registrable_domain("".join(rng.choices(alphabet, k=rng.randint(0, 12))))


def test_the_list_names_its_version():
    assert suffix_list_version().startswith("publicsuffixlist ")


@pytest.mark.parametrize("block", load_bogons(), ids=lambda block: block.prefix)
def test_every_row_holds(block):
    network = ipaddress.ip_network(block.prefix)
    assert block.rfc.startswith("RFC ")
    if block.embeds is None:
        assert is_bogon(str(network[0]))
        assert is_bogon(str(network[-1]))
        assert bogon_block(str(network[0])) == block
    else:
        assert 0 < block.embeds <= 96


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("8.8.8.8", False),
        ("11.0.0.0", False),
        ("9.255.255.255", False),
        ("100.63.255.255", False),
        ("100.128.0.0", False),
        ("172.32.0.0", False),
        ("223.255.255.255", False),
        ("2606:4700::1111", False),
        ("64:ff9b::808:808", False),
        ("64:ff9b::a00:1", True),
        ("::ffff:8.8.8.8", False),
        ("::ffff:127.0.0.1", True),
        ("2002:808:808::1", False),
        ("2002:a00:1::1", True),
        ("2001:0:808:808::", False),
        ("2001:0:c0a8:1::", True),
        ("fe80::1%eth0", True),
        ("scrubbed", False),
        ("", False),
    ],
)
def test_addresses(ip, expected):
    assert is_bogon(ip) is expected
