"""Measurements made by us, in the shapes that OONI's probes have written since 2016."""

import base64
import copy
import datetime
import json
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PAGE = "<html><head><title>Пример</title></head><body>" + "строка \n" * 40 + "</body></html>"


def binary(data):
    return {"format": "base64", "data": base64.b64encode(data).decode()}


@cache
def certificate():
    key = ec.derive_private_key(20240101, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.org")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime(2023, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.example.org")]), False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.DER)


def _head(version, software, **more):
    return {
        "test_name": "web_connectivity",
        "test_version": version,
        "data_format_version": "0.2.0",
        "software_name": software,
        "software_version": "3.20.0",
        "input": "https://www.example.org/",
        "measurement_start_time": "2024-01-01 12:34:56",
        "test_start_time": "2024-01-01 12:30:00",
        "test_runtime": 1.5,
        "probe_asn": "AS64496",
        "probe_cc": "RU",
        "probe_ip": "127.0.0.1",
        "report_id": "20240101T123000Z_webconnectivity_RU_64496_n1_test",
        **more,
    }


def measurement_kit():
    """0.0.1 as Measurement Kit wrote it: a dict of headers, no TLS, nameless DNS engine."""
    return _head(
        "0.0.1",
        "ooniprobe-android",
        input="http://www.example.org",
        annotations={"platform": "android"},
        test_keys={
            "accessible": False,
            "agent": "redirect",
            "blocking": "http-diff",
            "body_proportion": 0.02,
            "client_resolver": "192.0.2.53",
            "control": {
                "dns": {"addrs": ["198.51.100.7", "www.example.org"], "failure": None},
                "http_request": {
                    "body_length": 5000,
                    "failure": None,
                    "headers": {"Server": "nginx"},
                    "status_code": 200,
                    "title": "Example",
                },
                "tcp_connect": {"198.51.100.7:80": {"status": True, "failure": None}},
            },
            "control_failure": None,
            "dns_consistency": "consistent",
            "dns_experiment_failure": None,
            "http_experiment_failure": None,
            "queries": [
                {
                    "answers": [
                        {"answer_type": "CNAME", "hostname": "www.example.org", "ttl": None},
                        {"answer_type": "CNAME", "hostname": "Edge.example.net.", "ttl": None},
                        {"answer_type": "A", "ipv4": "198.51.100.7", "ttl": 0},
                    ],
                    "failure": None,
                    "hostname": "www.example.org",
                    "query_type": "A",
                    "resolver_hostname": None,
                    "resolver_port": None,
                }
            ],
            "requests": [
                {
                    "failure": None,
                    "request": {"url": "http://www.example.org/two", "method": "GET"},
                    "response": {
                        "body": binary(b"\xff\xfe blocked"),
                        "code": 403,
                        "headers": {"Server": binary("сервер".encode()), "X-Count": 3},
                    },
                },
                {
                    "failure": None,
                    "request": {"url": "http://www.example.org/", "method": "GET"},
                    "response": {
                        "body": "",
                        "code": 302,
                        "headers": {"Location": "/two"},
                    },
                },
            ],
            "tcp_connect": [
                {
                    "ip": "198.51.100.7",
                    "port": 80,
                    "status": {"blocked": False, "failure": False, "success": True},
                }
            ],
        },
    )


def legacy_failure():
    """0.1.0 as ooniprobe 2 wrote it: legacy failure strings, a control without an answer."""
    return _head(
        "0.1.0",
        "ooniprobe",
        input="http://www.example.org/",
        test_keys={
            "accessible": False,
            "blocking": False,
            "control": {
                "dns": {"addrs": [], "failure": "dns_lookup_error"},
                "http_request": {
                    "body_length": -1,
                    "failure": "dns_lookup_error",
                    "headers": {},
                    "status_code": -1,
                },
                "tcp_connect": {},
            },
            "control_failure": None,
            "queries": [],
            "requests": [
                {
                    "failure": "response_never_received",
                    "request": {"url": "http://www.example.org/", "method": "GET"},
                    "response": None,
                }
            ],
            "tcp_connect": [
                {"ip": "198.51.100.7", "port": 80, "status": {"success": False, "failure": True}},
                {"ip": "198.51.100.8", "port": 80, "status": {"success": False}},
            ],
        },
    )


def engine_v04():
    """0.4.1 as the Go engine wrote it: TLS without addresses, events without transactions."""
    events = []
    for address in ("198.51.100.7:443", "[2001:db8::7]:443"):
        events += [
            {"address": address, "failure": None, "operation": "connect", "proto": "tcp", "t": 0.1},
            {"failure": None, "num_bytes": 300, "operation": "write", "t": 0.1},
            {"failure": None, "num_bytes": 517, "operation": "read", "t": 0.2},
            {"failure": None, "num_bytes": 2000, "operation": "read", "t": 0.4},
        ]
    events.append({"failure": "connection_reset", "operation": "read", "t": 0.9})
    return _head(
        "0.4.1",
        "ooniprobe-cli",
        resolver_asn="AS64497",
        resolver_ip="192.0.2.53",
        probe_network_name="Example Network",
        annotations={"platform": "linux"},
        test_keys={
            "accessible": None,
            "blocking": None,
            "control": {
                "dns": {"addrs": None, "failure": None},
                "http_request": {
                    "body_length": 0,
                    "failure": None,
                    "headers": None,
                    "status_code": 0,
                    "title": "",
                },
                "tcp_connect": None,
            },
            "control_failure": "connection_refused",
            "http_experiment_failure": "connection_reset",
            "network_events": events,
            "queries": [
                {
                    "answers": [
                        {"answer_type": "A", "asn": 64500, "ipv4": "198.51.100.7"},
                        {"answer_type": "AAAA", "ipv6": "2001:0DB8::7"},
                    ],
                    "engine": "system",
                    "failure": None,
                    "hostname": "www.example.org",
                    "query_type": "A",
                    "resolver_address": "",
                    "t": 0.05,
                },
                {
                    "answers": None,
                    "engine": "system",
                    "failure": "dns_nxdomain_error",
                    "hostname": "www.example.org",
                    "query_type": "AAAA",
                },
            ],
            "requests": None,
            "tcp_connect": [
                {"ip": "198.51.100.7", "port": 443, "status": {"failure": None, "success": True}},
                {
                    "ip": "2001:0DB8::7",
                    "port": 443,
                    "status": {"failure": "host_unreachable", "success": False},
                    "t": 0.3,
                },
            ],
            "tls_handshakes": [
                {
                    "cipher_suite": "TLS_AES_128_GCM_SHA256",
                    "failure": None,
                    "no_tls_verify": False,
                    "peer_certificates": [binary(certificate())],
                    "server_name": "www.example.org",
                    "tls_version": "TLSv1.3",
                    "t": 0.4,
                },
                {
                    "failure": "connection_reset",
                    "no_tls_verify": False,
                    "peer_certificates": None,
                    "server_name": "www.example.org",
                },
            ],
        },
    )


def engine_v05():
    """0.5.28: DoH and UDP resolvers, transactions, ip_info, a scrubbed address."""
    return _head(
        "0.5.28",
        "miniooni",
        input="http://Пример.example/",
        measurement_uid="20240101123456.123456_RU_webconnectivity_0123456789abcdef",
        test_keys={
            "accessible": True,
            "blocking": False,
            "x_blocking_flags": 32,
            "body_proportion": 1,
            "control": {
                "dns": {"addrs": ["198.51.100.7", "2001:db8:0::7"], "failure": None},
                "http_request": {
                    "body_length": 1234,
                    "discovered_h3_endpoint": "",
                    "failure": None,
                    "headers": {"Content-Type": "text/html"},
                    "status_code": 200,
                    "title": "Пример",
                },
                "http3_request": None,
                "ip_info": {
                    "198.51.100.7": {"asn": 64500, "flags": 11},
                    "2001:db8:0:0::7": {"asn": 64500, "flags": 2},
                },
                "tcp_connect": {
                    "198.51.100.7:443": {"failure": None, "status": True},
                    "[2001:db8:0::7]:443": {"failure": "generic_timeout_error", "status": False},
                },
                "tls_handshake": {
                    "198.51.100.7:443": {
                        "failure": None,
                        "server_name": "xn--e1afmkfd.example",
                        "status": True,
                    }
                },
            },
            "control_failure": None,
            "network_events": [
                {
                    "address": "198.51.100.7:443",
                    "failure": None,
                    "operation": "connect",
                    "proto": "tcp",
                    "t0": 0.1,
                    "t": 0.2,
                    "transaction_id": 4,
                },
                {
                    "address": "198.51.100.7:443",
                    "failure": None,
                    "num_bytes": 16384,
                    "operation": "bytes_received_cumulative",
                    "proto": "tcp",
                    "t0": 0.5,
                    "t": 0.5,
                    "transaction_id": 4,
                },
                {
                    "address": "198.51.100.7:443",
                    "failure": "generic_timeout_error",
                    "num_bytes": 20000,
                    "operation": "bytes_received_cumulative",
                    "proto": "tcp",
                    "t": 10.5,
                    "transaction_id": 4,
                },
            ],
            "queries": [
                {
                    "answers": [{"answer_type": "A", "ipv4": "[scrubbed]"}],
                    "engine": "getaddrinfo",
                    "failure": None,
                    "hostname": "xn--e1afmkfd.example",
                    "query_type": "ANY",
                    "resolver_address": "",
                    "transaction_id": 1,
                    "t": 0.01,
                },
                {
                    "answers": [{"answer_type": "A", "asn": 64500, "ipv4": "198.51.100.7"}],
                    "engine": "doh",
                    "failure": None,
                    "hostname": "xn--e1afmkfd.example",
                    "query_type": "A",
                    "resolver_address": "https://dns.example/dns-query",
                    "transaction_id": 2,
                },
            ],
            "requests": [
                {
                    "network": "tcp",
                    "address": "198.51.100.7:443",
                    "failure": None,
                    "request": {
                        "headers_list": [["Accept", "*/*"]],
                        "method": "GET",
                        "url": "https://xn--e1afmkfd.example/",
                    },
                    "response": {
                        "body": PAGE,
                        "body_is_truncated": True,
                        "code": 200,
                        "headers_list": [
                            ["Content-Type", "text/html"],
                            ["Set-Cookie", "a=1"],
                            ["Set-Cookie", "b=2"],
                            ["X-Odd", binary(b"\xffodd")],
                        ],
                        "headers": {"Content-Type": "text/html", "Set-Cookie": "a=1"},
                    },
                    "t": 0.9,
                    "transaction_id": 4,
                }
            ],
            "tcp_connect": [
                {
                    "ip": "198.51.100.7",
                    "port": 443,
                    "status": {"failure": None, "success": True},
                    "transaction_id": 4,
                },
                {
                    "ip": "[scrubbed]",
                    "port": 443,
                    "status": {"failure": "connection_refused", "success": False},
                },
            ],
            "tls_handshakes": [
                {
                    "address": "198.51.100.7:443",
                    "failure": None,
                    "no_tls_verify": False,
                    "peer_certificates": [base64.b64encode(certificate()).decode()],
                    "server_name": "xn--e1afmkfd.example",
                    "tls_version": "TLSv1.3",
                    "transaction_id": 4,
                }
            ],
        },
    )


def other_test():
    return _head("0.3.0", "ooniprobe-cli", test_name="tor", input=None, test_keys={"targets": {}})


SEEDS = (measurement_kit, legacy_failure, engine_v04, engine_v05)


def encode(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def corpus_envelope(document):
    return {"source_repo": "example/repo", "source_path": "x.json", "meta": {}, "raw": document}


def postcan_envelope(document):
    return {"format": "json", "content": document}


def api_envelope(document):
    return {
        "test_name": "web_connectivity",
        "scores": "{}",
        "measurement_uid": "20240101000000.000000_RU_webconnectivity_fedcba9876543210",
        "raw_measurement": json.dumps(document),
    }


def changed(document, path, value):
    """A copy with one value replaced; ``...`` as the value deletes the key."""
    copied = copy.deepcopy(document)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copied
