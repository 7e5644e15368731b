"""OONI files of measurements that nobody made, as large as a test needs."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

PAGE = "<html><title>Welcome</title><body>" + "ordinary words " * 40 + "</body></html>"
GEOBLOCK = (
    "<html><title>Access denied</title><body>Error 1009 Access denied: the owner of this website "
    "has banned the country or region your IP address is in from accessing this website."
    "</body></html>"
)


def record(number: int, *, cc: str = "RU", day: str = "2024-01-01", status: int = 200) -> dict:
    """One measurement: served, or refused with status 403."""
    body = PAGE if status == 200 else GEOBLOCK
    second = number % 60
    return {
        "annotations": {},
        "data_format_version": "0.2.0",
        "input": f"https://www.example{number % 7}.org/",
        "measurement_start_time": f"{day} 10:{number // 60 % 60:02d}:{second:02d}",
        "measurement_uid": f"20240101100000.{number:06d}_{cc}_webconnectivity_{number:016x}",
        "probe_asn": f"AS{64500 + number % 3}",
        "probe_cc": cc,
        "report_id": "20240101T000000Z_webconnectivity_RU_64500_n1_x",
        "resolver_asn": "AS64500",
        "resolver_ip": "192.0.2.53",
        "software_name": "ooniprobe-cli",
        "software_version": "3.19.0",
        "test_name": "web_connectivity",
        "test_version": "0.4.3",
        "test_runtime": 1.5,
        "test_start_time": f"{day} 10:00:00",
        "test_keys": {
            "queries": [
                {
                    "answers": [{"answer_type": "A", "ipv4": "93.184.216.34"}],
                    "engine": "system",
                    "failure": None,
                    "hostname": f"www.example{number % 7}.org",
                    "query_type": "A",
                }
            ],
            "tcp_connect": [
                {"ip": "93.184.216.34", "port": 443, "status": {"failure": None, "success": True}}
            ],
            "tls_handshakes": [
                {
                    "address": "93.184.216.34:443",
                    "failure": None,
                    "no_tls_verify": False,
                    "peer_certificates": [],
                    "server_name": f"www.example{number % 7}.org",
                }
            ],
            "requests": [
                {
                    "failure": None,
                    "request": {"url": f"https://www.example{number % 7}.org/", "method": "GET"},
                    "response": {"body": body, "code": status, "headers_list": []},
                }
            ],
            "control": {
                "tcp_connect": {"93.184.216.34:443": {"status": True, "failure": None}},
                "http_request": {
                    "body_length": len(PAGE),
                    "failure": None,
                    "headers": {},
                    "status_code": 200,
                    "title": "Welcome",
                },
                "dns": {"addrs": ["93.184.216.34"], "failure": None},
            },
            "control_failure": None,
            "blocking": False,
            "accessible": True,
        },
    }


def write_file(path: Path, numbers: Iterable[int], **more: object) -> Path:
    """Write measurements as .jsonl.gz; every third is a refusal."""
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        for number in numbers:
            status = 403 if number % 3 == 0 else 200
            out.write(json.dumps(record(number, status=status, **more)).encode() + b"\n")
    return path
