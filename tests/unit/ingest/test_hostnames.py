"""Which names of hosts are read from a measurement, and which no host has."""

import pytest

from whocut.ingest.ooni.addresses import input_hostname
from whocut.ingest.ooni.refusal import RecordRefusedError


@pytest.mark.parametrize(
    ("url", "hostname"),
    [
        ("https://WWW.Example.org./a?b=<script>", "www.example.org"),
        ("example.org:8443", "example.org"),
        ("http://_dmarc.example.org/", "_dmarc.example.org"),
        ("http://-hyphens-.example.org/", "-hyphens-.example.org"),
        ("https://пример.example/", "xn--e1afmkfd.example"),
        ("https://[2001:DB8::1]:443/", "2001:db8::1"),
        ("https://[fe80::1%25<script>]/", "fe80::1"),
        ("https://192.0.2.1/", "192.0.2.1"),
    ],
)
def test_names_of_hosts(url, hostname):
    assert input_hostname(url) == hostname


@pytest.mark.parametrize(
    "host",
    [
        "<script>alert(1)</script>.example",
        '"onload="x.example',
        "a&lt;img&gt;.example",
        "=cmd.example",
        "+1.example",
        "javascript(alert);.example",
        "moc.elgoog\u202e.example",
        "nul\x00.example",
        "esc\x1b[31m.example",
        "two words.example",
        "per%3Ccent.example",
        "empty..example",
        f"{'x' * 64}.example",
        "y." * 130 + "example",
        "-.example",
        "$.example",
    ],
)
def test_what_no_host_is_called_is_refused(host):
    with pytest.raises(RecordRefusedError) as refused:
        input_hostname(f"https://{host}/")
    assert refused.value.field == "input"
