"""Addresses, endpoints, hostnames and bucket keys: spelt one way, or refused by name."""

import ipaddress

import atheris
import harness

with atheris.instrument_imports(include=["whocut.ingest"]):
    from whocut.ingest.ooni.addresses import (
        SCRUBBED,
        input_hostname,
        normalise_address,
        normalise_endpoint,
        split_endpoint,
    )
    from whocut.ingest.ooni.bucket.layout import parse_key
    from whocut.ingest.ooni.refusal import RecordRefusedError


def one_text(data):
    text = data.decode("utf-8", "replace")
    ip = normalise_address(text)
    if ip is not None and ip != SCRUBBED:
        ipaddress.ip_address(ip)
        assert normalise_address(ip) == ip
    endpoint = split_endpoint(text)
    if endpoint is not None:
        assert 0 <= endpoint[1] <= 65535
        assert split_endpoint(normalise_endpoint(text)) == endpoint
    parse_key(text)
    try:
        hostname = input_hostname(text)
    except RecordRefusedError:
        return
    assert hostname
    assert hostname.isascii()
    assert hostname == hostname.lower()


if __name__ == "__main__":
    harness.fuzz(
        one_text,
        [
            b"192.0.2.1:443",
            b"[2001:db8::1]:443",
            b"fe80::1%eth0",
            "http://Пример.рф:80/путь?x#y".encode(),
            b"https://user:pass@example.org/",
            b"raw/20240101/07/RU/webconnectivity/2024010107_RU_webconnectivity.n0.0.jsonl.gz",
        ],
        largest_bytes=512,
    )
