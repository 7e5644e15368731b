"""Our path search against ``cryptography``'s, our reader against its reader, and garbage."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.reference.authority import (
    INTERMEDIATE,
    LEAF,
    NOW,
    ROOT,
    SERVER,
    Spec,
    chain_of,
    der,
    issue,
    trusting,
)
from whocut.reference.certificates import parse_certificate
from whocut.reference.chains import ChainGrade, verify_chain
from whocut.reference.der import DerError

SERVER_AUTH = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT_AUTH = (ExtendedKeyUsageOID.CLIENT_AUTH,)
ASKED = (SERVER, "example.org", "a.www.example.org", "203.0.113.9", "2001:db8::9", "other.example")

days = st.integers(-40, 40).map(lambda n: timedelta(days=n))
leaves = st.builds(
    lambda names, key, usages, is_ca, until: replace(
        LEAF, names=names, key=key, usages=usages, is_ca=is_ca, not_after=NOW + abs(until)
    ),
    st.lists(
        st.sampled_from((*ASKED, "*.example.org", "*.www.example.org", "*.org")),
        min_size=1,
        max_size=4,
        unique=True,
    ).map(tuple),
    st.sampled_from(("p256", "rsa2048", "p384")),
    st.sampled_from((SERVER_AUTH, SERVER_AUTH, None, CLIENT_AUTH)),
    st.sampled_from((False, False, False, True)),
    days,
)
issuers = st.builds(
    lambda key, is_ca, sign, length, usages, permitted, excluded, until: replace(
        INTERMEDIATE,
        key=key,
        is_ca=is_ca,
        may_sign=sign,
        path_length=length if is_ca else None,
        usages=usages,
        permitted=permitted,
        excluded=excluded,
        not_after=NOW + abs(until),
    ),
    st.sampled_from(("rsa2048", "p256")),
    st.sampled_from((True, True, True, True, False)),
    st.sampled_from((True, True, True, True, False)),
    st.sampled_from((None, None, 0, 1)),
    st.sampled_from((None, SERVER_AUTH, CLIENT_AUTH)),
    st.sampled_from(((), (), ("example.org",), ("www.example.org",), ("example.com",))),
    st.sampled_from(((), (), ("www.example.org",), ("a.www.example.org",), ("example.org",))),
    days,
)


@st.composite
def sent_chains(draw) -> tuple[bytes, ...]:
    """A chain of nought to two intermediates, perhaps cut, disordered, doubled or damaged."""
    middle = [
        replace(draw(issuers), name=f"Issuer {number}", number=number)
        for number in range(draw(st.integers(0, 2)))
    ]
    leaf, *sent = chain_of(draw(leaves), *middle, draw(st.sampled_from((ROOT, ROOT, STRANGER))))
    change = draw(
        st.sampled_from(("as it is", "as it is", "cut", "doubled", "turned", "with root"))
    )
    if change == "cut":
        sent = sent[:-1]
    elif change == "doubled":
        sent = [*sent, *sent, leaf]
    elif change == "turned":
        sent = sent[::-1]
    elif change == "with root":
        sent = [*sent, der(trusted_root())]
    if draw(st.sampled_from((False, False, False, True))):
        at = draw(st.integers(1, 60))
        leaf = leaf[:-at] + bytes([leaf[-at] ^ 1]) + leaf[len(leaf) - at + 1 :]
    return (leaf, *sent)


STRANGER = Spec("Stranger", "Nobody", key="rsa2048", number=30, is_ca=True)


@cache
def trusted_root() -> x509.Certificate:
    return issue(ROOT)


def policy_builder_accepts(certificates, name, at) -> bool:
    try:
        subject = x509.IPAddress(ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    verifier = (
        PolicyBuilder().store(Store([trusted_root()])).time(at).build_server_verifier(subject)
    )
    try:
        leaf, *sent = map(x509.load_der_x509_certificate, certificates)
        verifier.verify(leaf, sent)
    except (VerificationError, ValueError):
        return False
    return True


@given(sent_chains(), st.sampled_from(ASKED), days)
def test_verdicts_are_policy_builders(certificates, name, off):
    at = NOW + off
    found = verify_chain(certificates, name, at, trusting(trusted_root()))
    assert (found.grade is ChainGrade.VALID) == policy_builder_accepts(certificates, name, at), (
        found
    )
    assert (found.grade is ChainGrade.VALID) <= (found.reason == "")


# Signatures differ in length from run to run: places are drawn as numbers and folded.
places = st.tuples(st.integers(0, 2**16), st.integers(1, 255))


@given(
    sent_chains(),
    st.integers(0, 5),
    st.lists(places, max_size=4, unique_by=lambda place: place[0]),
    st.integers(0, 2**16),
)
def test_damaged_chains_never_raise_and_never_become_valid(certificates, number, damage, cut):
    number %= len(certificates)
    one = bytearray(certificates[number])
    for at, flip in damage:
        one[at % len(one)] ^= flip
    if not damage:
        one = one[: cut % len(one)]
    damaged = (*certificates[:number], bytes(one), *certificates[number + 1 :])
    for name in ASKED[:2]:
        found = verify_chain(damaged, name, NOW, trusting(trusted_root()))
        if number == 0 and damaged != certificates:
            assert found.grade is not ChainGrade.VALID


@given(st.lists(st.binary(max_size=300), max_size=4), st.text(max_size=40))
def test_garbage_never_raises(certificates, name):
    found = verify_chain(tuple(certificates), name, NOW, trusting(trusted_root()))
    assert found.grade is (ChainGrade.MALFORMED if certificates else ChainGrade.NONE)


@given(leaves | issuers)
def test_the_reader_agrees_with_cryptography(spec):
    theirs = issue(spec, ROOT)
    ours = parse_certificate(der(theirs))
    assert ours.tbs == theirs.tbs_certificate_bytes
    assert ours.signature == theirs.signature
    assert ours.issuer == theirs.issuer.public_bytes()
    assert ours.subject == theirs.subject.public_bytes()
    assert ours.not_before == theirs.not_valid_before_utc.strftime("%Y%m%d%H%M%S")
    assert ours.not_after == theirs.not_valid_after_utc.strftime("%Y%m%d%H%M%S")
    constraints = theirs.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (ours.is_ca, ours.path_length) == (constraints.ca, constraints.path_length)
    usage = theirs.extensions.get_extension_for_class(x509.KeyUsage).value
    assert ours.may_sign_certificates == usage.key_cert_sign
    if spec.names is not None:
        names = theirs.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        dns = [name.encode() for name in names.get_values_for_type(x509.DNSName)]
        addresses = [ip.packed for ip in names.get_values_for_type(x509.IPAddress)]
        assert list(ours.dns_names or ()) == dns
        assert list(ours.ip_names) == addresses


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda b: b"\x30\x82\x00\x38" + b))
def test_the_reader_refuses_garbage_in_one_way(data):
    try:
        parse_certificate(data)
    except DerError:
        return
    raise AssertionError("garbage was read as a certificate")
