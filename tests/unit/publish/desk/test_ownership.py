"""A token is looked for at the domain: by real DNS and real HTTPS, on this machine."""

import datetime
import http.server
import socketserver
import ssl
import threading
import time
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from whocut.publish.desk import ownership
from whocut.publish.desk.ownership import (
    TOKEN_PATH,
    Looked,
    Lookup,
    Seen,
    Where,
    is_domain_of,
    look_for_token,
    make_token,
)

DOMAIN = "party.example"
TOKEN = "whocut-reply-" + "t" * 32


class _Names(socketserver.BaseRequestHandler):
    """Answers questions from a table of (name, type)."""

    def handle(self):
        data, socket = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        key = (question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name)
        records = self.server.table.get(key)
        if records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", key[1], *records))
        socket.sendto(answer.to_wire(), self.client_address)


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers["host"]))
        self.server.answer(self)

    def log_message(self, *_):
        pass


@pytest.fixture
def names():
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Names) as server:
        server.table = {(DOMAIN, "A"): ["127.0.0.1"]}
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """One file with a key and a certificate for the domain, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "party.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def pages(certificate):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.seen = []
        server.answer = lambda handler: text(handler, TOKEN)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def text(handler, words, status=200):
    body = words.encode()
    handler.send_response(status)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def look(names, pages, certificate, **changes) -> dict[Where, Looked]:
    lookup = Lookup(
        nameserver="127.0.0.1",
        nameserver_port=names.server_address[1],
        https_port=pages.server_address[1],
        authorities=str(certificate),
        may_be_private=True,
    )
    for name, value in changes.items():
        lookup = ownership.Lookup(**{**_fields(lookup), name: value})
    return {one.where: one for one in look_for_token(DOMAIN, TOKEN, lookup)}


def _fields(lookup):
    return {name: getattr(lookup, name) for name in lookup.__struct_fields__}


def test_a_token_in_the_file_is_seen_and_nothing_else_is_fetched(names, pages, certificate):
    found = look(names, pages, certificate)
    assert found[Where.HTTPS].seen is Seen.TOKEN
    assert found[Where.DNS].seen is Seen.NOTHING
    assert [path for path, _ in pages.seen] == [TOKEN_PATH]
    assert pages.seen[0][1].startswith(DOMAIN)


def test_a_token_in_the_dns_is_seen(names, pages, certificate):
    names.table[f"_whocut-reply.{DOMAIN}", "TXT"] = ['"v=spf1 -all"', f'"{TOKEN}"']
    pages.answer = lambda handler: text(handler, "gone", 404)
    found = look(names, pages, certificate)
    assert found[Where.DNS].seen is Seen.TOKEN
    assert found[Where.HTTPS].seen is Seen.NOTHING


@pytest.mark.parametrize("words", ["", "whocut-reply-other", TOKEN + "x", "x" + TOKEN])
def test_another_token_is_another(names, pages, certificate, words):
    pages.answer = lambda handler: text(handler, words)
    names.table[f"_whocut-reply.{DOMAIN}", "TXT"] = [f'"{words}"']
    found = look(names, pages, certificate)
    assert found[Where.HTTPS].seen is Seen.OTHER
    assert found[Where.DNS].seen is Seen.OTHER


def test_a_redirect_is_not_followed(names, pages, certificate):
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("location", f"https://{DOMAIN}/elsewhere")
        handler.send_header("content-length", "0")
        handler.end_headers()

    pages.answer = elsewhere
    assert look(names, pages, certificate)[Where.HTTPS].seen is Seen.OTHER
    assert len(pages.seen) == 1


def test_a_certificate_of_somebody_else_is_no_answer(names, pages, certificate):
    found = look(names, pages, certificate, authorities=None)
    assert found[Where.HTTPS].seen is Seen.FAILED
    assert not pages.seen


def test_no_address_within_a_network_of_ones_own_is_reached(names, pages, certificate):
    found = look(names, pages, certificate, may_be_private=False)
    assert found[Where.HTTPS].seen is Seen.FAILED
    assert "no address of the Internet" in found[Where.HTTPS].detail
    assert not pages.seen


def test_a_page_without_end_is_cut_off(names, pages, certificate):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 1000)

    pages.answer = endless
    assert look(names, pages, certificate)[Where.HTTPS].seen is Seen.OTHER


def test_a_page_that_drips_is_given_up(names, pages, certificate, monkeypatch):
    monkeypatch.setattr(ownership, "_TIMEOUT_S", 0.5)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(600):  # a minute, were it read to its end
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    pages.answer = drip
    start = time.monotonic()
    found = look(names, pages, certificate)
    assert found[Where.HTTPS].seen is Seen.FAILED
    assert time.monotonic() - start < 4


def test_nobody_there_is_told_and_not_raised(names, pages, certificate, monkeypatch):
    monkeypatch.setattr(ownership, "_TIMEOUT_S", 0.5)
    found = look(names, pages, certificate, https_port=1)
    assert found[Where.HTTPS].seen is Seen.FAILED
    found = look(names, pages, certificate, nameserver_port=1)
    assert {one.seen for one in found.values()} == {Seen.FAILED}


def test_a_token_is_long_and_its_own():
    assert make_token() != make_token()
    assert len(make_token()) > 40


@pytest.mark.parametrize(
    ("party", "domain", "is_theirs"),
    [
        ("cogent", "cogentco.com", True),
        ("Cogent", "www.cogentco.com", True),
        ("cogent", "cogentco.com.evil.example", False),
        ("cogent", "github.com", False),
        ("nobody at all", "cogentco.com", False),
    ],
)
def test_whose_domain_it_is_stands_in_the_ledgers_actors(party, domain, is_theirs):
    assert is_domain_of(party, domain) is is_theirs
