"""What filters look for is what the probe sends; what servers are told is what a file says."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from whocut_lab.actions import Answer
from whocut_lab.daemons.nginx import PageRule, VirtualHost, _host_lines
from whocut_lab.daemons.unbound import local_rules
from whocut_lab.packet_filter import payload_match
from whocut_lab.pages import pad, page_names, render_page
from whocut_lab.wire_shape import host_place, path_place, server_name_place


@given(st.from_regex(r"[a-z]{1,12}(-[a-z]{1,12})?\.example", fullmatch=True))
def test_the_server_name_has_one_place(host: str) -> None:
    offset, name = server_name_place(host)
    again, _ = server_name_place(host)
    assert (offset, name) == (again, host.encode())
    assert offset > 40, "after record, handshake and random (RFC 8446 section 4.1.2)"


def test_places_in_a_request() -> None:
    url = "http://www.a-name.example/secret"
    offset, head = host_place(url, "www.a-name.example")
    assert head == b"Host: www.a-name.example\r\n"
    assert offset == len(b"GET /secret HTTP/1.1\r\n")
    assert path_place(url, "/secret") == (0, b"GET /secret ")


@given(st.binary(min_size=1, max_size=60), st.integers(0, 1400))
def test_payload_matches_cover_every_byte_once(wanted: bytes, offset: int) -> None:
    found = re.findall(r"@ih,(\d+),(\d+) 0x([0-9a-f]+)", payload_match(offset, wanted))
    assert b"".join(bytes.fromhex(piece) for _, _, piece in found) == wanted
    position = offset * 8
    for start, bits, _ in found:
        assert int(start) == position
        assert int(bits) <= 128
        position += int(bits)
    assert position == (offset + len(wanted)) * 8


@given(st.integers(0, 20_000))
def test_pages_are_padded_inside_their_body(least: int) -> None:
    for name in page_names():
        page = render_page(name, {"host": "www.a.example"}, least)
        assert len(page) >= least
        assert b"{host}" not in page
    assert pad("<body>x</body></html>", 300).endswith(b"</body></html>")


def test_values_of_a_file_cannot_leave_their_quotes(tmp_path: Path) -> None:
    value = 'a $b "c" \\ } location / { return 200; }'
    page = PageRule(("isp_a",), "/a.b", 403, b"body", "text/html; charset=utf-8", {"X-A": value})
    host = VirtualHost("www.a.example", ("192.0.2.1",), None, page, (page,))
    outer, server = _host_lines(tmp_path, 0, host)
    (line,) = {text.strip() for text in server if "X-A" in text}
    assert line == (
        'more_set_headers "X-A: a ${dollar}b \\"c\\" \\\\ } location / { return 200; }";'
    )
    assert any("/a\\.b" in text for text in outer)


def test_every_lie_of_a_resolver_is_written() -> None:
    for answer in Answer:
        lines = local_rules("www.a.example", answer, ["192.0.2.1"], 20_001)
        assert any("www.a.example" in line for line in lines)
