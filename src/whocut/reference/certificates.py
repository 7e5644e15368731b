"""One X.509 certificate, read once into what path validation asks of it (RFC 5280 section 4).

``cryptography`` builds Python objects for every name and extension it is asked for, some 60 µs a
certificate; here the slices are found in about 10 µs. A differential property test holds the two
readers together (tests/property/test_reference_chains.py).
"""

import re
from functools import lru_cache

from msgspec import Struct

from whocut.reference.der import DerError, children, content, header

__all__ = [
    "Certificate",
    "NameConstraints",
    "name_attributes",
    "name_text",
    "parse_certificate",
    "recurring",
]

_SEQUENCE, _SET, _INTEGER, _BIT_STRING, _OCTET_STRING = 0x30, 0x31, 0x02, 0x03, 0x04
_BOOLEAN, _OID, _UTC_TIME, _GENERALIZED_TIME = 0x01, 0x06, 0x17, 0x18
_VERSION_TAG, _ISSUER_UNIQUE_TAG, _SUBJECT_UNIQUE_TAG, _EXTENSIONS_TAG = 0xA0, 0x81, 0x82, 0xA3
_DNS_NAME_TAG, _DIRECTORY_NAME_TAG, _IP_ADDRESS_TAG = 0x82, 0xA4, 0x87

_LONG_FORM = 0x80
# The shapes that nearly every certificate has, each read by one match instead of many steps; the
# lengths in them are checked afterwards, and every other shape is read step by step.
_USUAL_HEAD = re.compile(rb"\xa0\x03\x02\x01\x02\x02([\x01-\x7f])", re.DOTALL)
_USUAL_VALIDITY = re.compile(rb"\x30\x1e\x17\x0d([0-9]{12})Z\x17\x0d([0-9]{12})Z")
_USUAL_EXTENSION = re.compile(
    rb"\x30([\x00-\x7f])\x06\x03(\x55\x1d.)(\x01\x01\xff)?\x04([\x00-\x7f])", re.DOTALL
)
_SUBJECT_ALT_NAME = b"\x55\x1d\x11"
_BASIC_CONSTRAINTS = b"\x55\x1d\x13"
_KEY_USAGE = b"\x55\x1d\x0f"
_EXTENDED_KEY_USAGE = b"\x55\x1d\x25"
_NAME_CONSTRAINTS = b"\x55\x1d\x1e"
_AUTHORITY_INFO = b"\x2b\x06\x01\x05\x05\x07\x01\x01"
_SCT_LIST = b"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"
_CA_ISSUERS = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02"
_SERVER_AUTH = b"\x2b\x06\x01\x05\x05\x07\x03\x01"
_ANY_USAGE = b"\x55\x1d\x25\x00"
# Certificate policies, their mappings, constraints and inhibitAnyPolicy bind only a caller that
# asks for a policy (RFC 5280 section 6.1.1 (c)); a web client asks for none.
_HARMLESS = frozenset(
    {_SUBJECT_ALT_NAME, _BASIC_CONSTRAINTS, _KEY_USAGE, _EXTENDED_KEY_USAGE, _NAME_CONSTRAINTS}
    | {b"\x55\x1d\x20", b"\x55\x1d\x21", b"\x55\x1d\x24", b"\x55\x1d\x36"}
    | {b"\x55\x1d\x0e", b"\x55\x1d\x23", b"\x55\x1d\x1f", _AUTHORITY_INFO, _SCT_LIST}
)
_KEY_CERT_SIGN = 0x04
_MAX_DER_BYTES = 1 << 20

_ATTRIBUTES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
    b"\x55\x04\x06": "C",
}
_STRING_CODECS = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}


class NameConstraints(Struct, frozen=True, gc=False):
    """Which names a CA may vouch for (RFC 5280 section 4.2.1.10); other kinds bind no server."""

    permitted_dns: tuple[bytes, ...]
    excluded_dns: tuple[bytes, ...]
    permitted_ip: tuple[bytes, ...]
    excluded_ip: tuple[bytes, ...]
    permitted_directory: tuple[bytes, ...]
    excluded_directory: tuple[bytes, ...]


class Certificate(Struct, frozen=True, gc=False):
    """What path validation asks of one certificate.

    Units: ``not_before`` and ``not_after`` are UTC digits ``YYYYMMDDhhmmss``, which sort as text.
    """

    der: bytes
    tbs: bytes
    signature_algorithm: bytes
    """The whole AlgorithmIdentifier, which the signed part repeats."""
    signature: bytes
    issuer: bytes
    subject: bytes
    public_key: bytes
    """SubjectPublicKeyInfo."""
    not_before: str
    not_after: str
    version: int
    dns_names: tuple[bytes, ...] | None
    """dNSNames of the subjectAltName as written; ``None`` where there is no such extension."""
    ip_names: tuple[bytes, ...]
    is_ca: bool
    path_length: int | None
    may_sign_certificates: bool
    """False where a key usage is given without keyCertSign."""
    may_serve: bool
    """False where an extended key usage is given without serverAuth."""
    name_constraints: NameConstraints | None
    unknown_critical: bool

    @property
    def has_public_marks(self) -> bool:
        """Names where its issuer's certificate lies, or carries certificate transparency stamps."""
        return _CA_ISSUERS in self.tbs or _SCT_LIST in self.tbs


class _Extensions:
    """Collects what the extensions say while they are read."""

    __slots__ = (
        "dns_names",
        "ip_names",
        "is_ca",
        "may_serve",
        "may_sign_certificates",
        "name_constraints",
        "path_length",
        "unknown_critical",
    )

    def __init__(self) -> None:
        self.dns_names: tuple[bytes, ...] | None = None
        self.ip_names: tuple[bytes, ...] = ()
        self.is_ca = False
        self.path_length: int | None = None
        self.may_sign_certificates = True
        self.may_serve = True
        self.name_constraints: NameConstraints | None = None
        self.unknown_critical = False


def parse_certificate(der: bytes) -> Certificate:
    """Read one certificate.

    Raises: DerError if the bytes are not one whole certificate.
    Source: RFC 5280 section 4.1.
    """
    if len(der) > _MAX_DER_BYTES:
        raise DerError(f"{len(der)} bytes are no certificate")
    start, end = content(der, 0, len(der), _SEQUENCE)
    if end != len(der):
        raise DerError(f"{len(der) - end} bytes follow the certificate")
    tbs_start, tbs_end = content(der, start, end, _SEQUENCE)
    _, algorithm_end = content(der, tbs_end, end, _SEQUENCE)
    bits, bits_end = content(der, algorithm_end, end, _BIT_STRING)
    if bits_end != end or bits == bits_end or der[bits]:
        raise DerError("the signature is no whole number of octets")
    version, inner_algorithm = _version_and_serial(der, tbs_start, tbs_end)
    at = inner_algorithm
    _, at = content(der, at, tbs_end, _SEQUENCE)
    if der[inner_algorithm:at] != der[tbs_end:algorithm_end]:
        raise DerError("the signed part names another signature algorithm")
    issuer_at = at
    _, validity_at = content(der, at, tbs_end, _SEQUENCE)
    not_before, not_after, subject_at = _validity(der, validity_at, tbs_end)
    _, key_at = content(der, subject_at, tbs_end, _SEQUENCE)
    _, at = content(der, key_at, tbs_end, _SEQUENCE)
    key = der[key_at:at]
    said = _Extensions()
    _read_tail(der, at, tbs_end, said)
    return Certificate(
        der,
        der[start:tbs_end],
        der[tbs_end:algorithm_end],
        der[bits + 1 : end],
        der[issuer_at:validity_at],
        der[subject_at:key_at],
        key,
        not_before,
        not_after,
        version,
        said.dns_names,
        said.ip_names,
        said.is_ca,
        said.path_length,
        said.may_sign_certificates,
        said.may_serve,
        said.name_constraints,
        said.unknown_critical,
    )


recurring = lru_cache(maxsize=4096)(parse_certificate)
"""``parse_certificate`` for CA certificates: a few hundred of them stand behind most leaves."""


def _version_and_serial(der: bytes, at: int, limit: int) -> tuple[int, int]:
    """Read the version; return it with where the serial number ends."""
    usual = _USUAL_HEAD.match(der, at, limit)
    if usual is not None and (end := usual.end() + usual.group(1)[0]) <= limit:
        return 3, end
    version = 1
    tag, start, end = header(der, at, limit)
    if tag == _VERSION_TAG:
        number, number_end = content(der, start, end, _INTEGER)
        if number_end - number != 1 or number_end != end or der[number] > 2:
            raise DerError(f"no X.509 version at byte {at}")
        version, at = der[number] + 1, end
    return version, content(der, at, limit, _INTEGER)[1]


def _validity(der: bytes, at: int, limit: int) -> tuple[str, str, int]:
    """Read both times; return them with where the validity ends."""
    usual = _USUAL_VALIDITY.match(der, at, limit)
    if usual is not None:
        first, last = usual.group(1, 2)
        return _century(first), _century(last), usual.end()
    start, end = content(der, at, limit, _SEQUENCE)
    not_before, start = _moment(der, start, end)
    not_after, start = _moment(der, start, end)
    if start != end:
        raise DerError(f"something follows the validity, at byte {start}")
    return not_before, not_after, end


def _century(digits: bytes) -> str:
    # RFC 5280 section 4.1.2.5.1: 50 and above is the last century.
    return ("19" if digits[0] >= ord("5") else "20") + digits.decode("ascii")


def _moment(der: bytes, at: int, limit: int) -> tuple[str, int]:
    tag, start, end = header(der, at, limit)
    digits = der[start : end - 1]
    if der[end - 1 : end] == b"Z" and digits.isdigit():
        if tag == _UTC_TIME and len(digits) == 12:
            return _century(digits), end
        if tag == _GENERALIZED_TIME and len(digits) == 14:
            return digits.decode("ascii"), end
    raise DerError(f"no time at byte {at}")


def _read_tail(der: bytes, at: int, limit: int, said: _Extensions) -> None:
    """Read what follows the key: unique identifiers, which nobody uses, and extensions."""
    while at < limit:
        tag, start, end = header(der, at, limit)
        at = end
        if tag == _EXTENSIONS_TAG:
            if end != limit:
                raise DerError("something follows the extensions")
            first, last = content(der, start, end, _SEQUENCE)
            if last != end:
                raise DerError("something follows the list of extensions")
            _read_extensions(der, first, last, said)
        elif tag not in (_ISSUER_UNIQUE_TAG, _SUBJECT_UNIQUE_TAG):
            raise DerError(f"unexpected element in the certificate before byte {end}")


def _read_extensions(der: bytes, at: int, limit: int, said: _Extensions) -> None:
    seen = set()
    while at < limit:
        usual = _USUAL_EXTENSION.match(der, at, limit)
        if usual is not None:
            size, oid, critical, value_size = usual.groups()
            is_critical = critical is not None
            value = usual.end()
            end = at + 2 + size[0]
            if value + value_size[0] != end or end > limit:
                raise DerError(f"lengths of an extension disagree, at byte {at}")
        else:
            oid, is_critical, value, end = _extension_head(der, at, limit)
        if oid in seen:
            raise DerError(f"an extension stands twice, at byte {at}")
        seen.add(oid)
        reader = _READERS.get(oid)
        if reader is not None:
            reader(der[value:end], said)
        elif is_critical and oid not in _HARMLESS:
            said.unknown_critical = True
        at = end


def _extension_head(der: bytes, at: int, limit: int) -> tuple[bytes, bool, int, int]:
    """Read one extension; return its identifier, whether it is critical, and its value's span."""
    start, end = content(der, at, limit, _SEQUENCE)
    oid, at = content(der, start, end, _OID)
    identifier = der[oid:at]
    is_critical = False
    if at < end and der[at] == _BOOLEAN:
        flag, at = content(der, at, end, _BOOLEAN)
        is_critical = der[flag:at] != b"\x00"
    value, value_end = content(der, at, end, _OCTET_STRING)
    if value_end != end:
        raise DerError(f"something follows an extension's value, at byte {value_end}")
    return identifier, is_critical, value, end


def _read_alt_names(value: bytes, said: _Extensions) -> None:
    at, end = content(value, 0, len(value), _SEQUENCE)
    dns_names = []
    ip_names = []
    while at < end:
        tag = value[at]
        start = at + 2
        stop = start + value[at + 1] if start <= end else end + 1
        if stop > end or stop - start >= _LONG_FORM:
            _, start, stop = header(value, at, end)
        if tag == _DNS_NAME_TAG:
            dns_names.append(value[start:stop])
        elif tag == _IP_ADDRESS_TAG:
            ip_names.append(value[start:stop])
        at = stop
    said.dns_names = tuple(dns_names)
    said.ip_names = tuple(ip_names)


def _read_basic_constraints(value: bytes, said: _Extensions) -> None:
    said.is_ca, said.path_length = _basic_constraints(value)


def _read_key_usage(value: bytes, said: _Extensions) -> None:
    said.may_sign_certificates = _may_sign_certificates(value)


def _read_extended_key_usage(value: bytes, said: _Extensions) -> None:
    said.may_serve = _may_serve(value)


# These three have a handful of values in all the web's certificates.
@lru_cache(maxsize=256)
def _basic_constraints(value: bytes) -> tuple[bool, int | None]:
    is_ca, path_length = False, None
    start, end = content(value, 0, len(value), _SEQUENCE)
    for tag, first, last in children(value, start, end):
        if tag == _BOOLEAN:
            is_ca = value[first:last] != b"\x00"
        elif tag == _INTEGER and first < last:
            path_length = int.from_bytes(value[first:last], "big", signed=True)
    return is_ca, path_length


@lru_cache(maxsize=256)
def _may_sign_certificates(value: bytes) -> bool:
    start, end = content(value, 0, len(value), _BIT_STRING)
    return end - start > 1 and bool(value[start + 1] & _KEY_CERT_SIGN)


@lru_cache(maxsize=256)
def _may_serve(value: bytes) -> bool:
    start, end = content(value, 0, len(value), _SEQUENCE)
    return any(
        value[first:last] in (_SERVER_AUTH, _ANY_USAGE)
        for _, first, last in children(value, start, end)
    )


def _read_name_constraints(der: bytes, said: _Extensions) -> None:
    start, end = content(der, 0, len(der), _SEQUENCE)
    found: dict[tuple[int, int], list[bytes]] = {}
    for tag, first, last in children(der, start, end):
        for subtree, subtree_start, subtree_end in children(der, first, last):
            if subtree != _SEQUENCE:
                raise DerError("a name constraint holds no subtree")
            kind, name, name_end = header(der, subtree_start, subtree_end)
            if kind == _DIRECTORY_NAME_TAG:
                content(der, name, name_end, _SEQUENCE)
            found.setdefault((tag & 1, kind), []).append(der[name:name_end])

    def bases(side: int, kind: int) -> tuple[bytes, ...]:
        return tuple(found.get((side, kind), ()))

    said.name_constraints = NameConstraints(
        permitted_dns=bases(0, _DNS_NAME_TAG),
        excluded_dns=bases(1, _DNS_NAME_TAG),
        permitted_ip=bases(0, _IP_ADDRESS_TAG),
        excluded_ip=bases(1, _IP_ADDRESS_TAG),
        permitted_directory=bases(0, _DIRECTORY_NAME_TAG),
        excluded_directory=bases(1, _DIRECTORY_NAME_TAG),
    )


_READERS = {
    _SUBJECT_ALT_NAME: _read_alt_names,
    _BASIC_CONSTRAINTS: _read_basic_constraints,
    _KEY_USAGE: _read_key_usage,
    _EXTENDED_KEY_USAGE: _read_extended_key_usage,
    _NAME_CONSTRAINTS: _read_name_constraints,
}


@lru_cache(maxsize=4096)
def name_attributes(name: bytes) -> tuple[tuple[str, str], ...]:
    """Read common name, organisation, unit and country of one DER name, in their order.

    Damage yields what could be read: names are shown to people and never compared here.
    """
    found = []
    try:
        start, end = content(name, 0, len(name), _SEQUENCE)
        for _, set_start, set_end in children(name, start, end):
            for _, pair_start, pair_end in children(name, set_start, set_end):
                oid, value = children(name, pair_start, pair_end)[:2]
                label = _ATTRIBUTES.get(name[oid[1] : oid[2]])
                if label is not None:
                    codec = _STRING_CODECS.get(value[0], "utf-8")
                    found.append((label, name[value[1] : value[2]].decode(codec, "replace")))
    except ValueError:
        pass
    return tuple(found)


@lru_cache(maxsize=4096)
def name_text(name: bytes) -> str:
    """Write one DER name for people, most telling part first: ``CN=R3, O=Let's Encrypt``."""
    attributes = name_attributes(name)
    ordered = [f"{k}={v}" for want in ("CN", "O", "OU", "C") for k, v in attributes if k == want]
    return ", ".join(ordered) or "(no name)"
