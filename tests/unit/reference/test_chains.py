"""Every grade, by a chain that has just that fault."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

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
    key_of,
    trusting,
    write_stores,
)
from whocut.reference.chains import ChainGrade, ChainResult, verify_chain
from whocut.reference.domestic_authorities import DomesticMeaning
from whocut.reference.roots import RootStores


@pytest.fixture(scope="module")
def root():
    return issue(ROOT)


@pytest.fixture(scope="module")
def roots(root):
    return trusting(root)


def grade(certificates, roots, *, name=SERVER, at=NOW) -> ChainResult:
    return verify_chain(tuple(certificates), name, at, roots)


def test_a_good_chain_is_valid_and_names_its_issuer(roots):
    found = grade(chain_of(LEAF, INTERMEDIATE, ROOT), roots)
    assert (found.grade, found.reason) == (ChainGrade.VALID, "")
    assert found.issuer == "CN=Test Issuer, O=Test Trust"


@pytest.mark.parametrize("key", ["rsa2048", "p256", "p384"])
def test_every_usual_key_can_issue(key):
    own_root = replace(ROOT, key=key)
    chain = chain_of(LEAF, replace(INTERMEDIATE, key=key), own_root)
    assert grade(chain, trusting(issue(own_root))).grade is ChainGrade.VALID


def test_pss_signatures_are_checked(roots):
    leaf = replace(LEAF, is_pss=True)
    assert grade(chain_of(leaf, INTERMEDIATE, ROOT), roots).grade is ChainGrade.VALID


def test_root_duplicates_and_disorder_do_not_matter(root, roots):
    leaf, issuer = chain_of(LEAF, INTERMEDIATE, ROOT)
    assert grade([leaf, der(root), issuer, issuer, leaf], roots).grade is ChainGrade.VALID


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        ((SERVER,), "WWW.Example.ORG.", ChainGrade.VALID),
        (("*.example.org",), SERVER, ChainGrade.VALID),
        (("*.example.org",), "example.org", ChainGrade.WRONG_NAME),
        (("*.example.org",), "a.b.example.org", ChainGrade.WRONG_NAME),
        (("*.b.example.org",), "a.b.example.org", ChainGrade.VALID),
        (("w*.example.org",), SERVER, ChainGrade.WRONG_NAME),
        (("www.*.org",), SERVER, ChainGrade.WRONG_NAME),
        (("*.org",), "*.org", ChainGrade.UNVERIFIABLE),
        (("xn--e1afmkfd.xn--p1ai",), "пример.рф", ChainGrade.VALID),
        (("203.0.113.9",), "203.0.113.9", ChainGrade.VALID),
        (("203.0.113.9",), "203.0.113.8", ChainGrade.WRONG_NAME),
        (("2001:db8::9",), "[2001:db8:0::9]", ChainGrade.VALID),
        (("other.example",), SERVER, ChainGrade.WRONG_NAME),
        ((SERVER,), "", ChainGrade.UNVERIFIABLE),
        ((SERVER,), "a" * 300, ChainGrade.UNVERIFIABLE),
    ],
)
def test_names(roots, names, asked, expected):
    chain = chain_of(replace(LEAF, names=names), INTERMEDIATE, ROOT)
    assert grade(chain, roots, name=asked).grade is expected


def test_an_address_in_the_subject_is_not_for_the_address(roots):
    chain = chain_of(replace(LEAF, name="203.0.113.9", names=("x.example",)), INTERMEDIATE, ROOT)
    assert grade(chain, roots, name="203.0.113.9").grade is ChainGrade.WRONG_NAME


def test_a_name_in_the_subject_only_was_good_until_clients_stopped_reading_it():
    old = datetime(2018, 3, 1, tzinfo=UTC)
    span = {"not_before": old - timedelta(days=9), "not_after": old + timedelta(days=1500)}
    own_root, issuer = replace(ROOT, **span), replace(INTERMEDIATE, **span)
    chain = chain_of(replace(LEAF, names=None, **span), issuer, own_root)
    trusted = trusting(issue(own_root))
    then = grade(chain, trusted, at=old)
    assert then.grade is ChainGrade.VALID
    assert "subject only" in then.reason
    later = grade(chain, trusted, at=datetime(2021, 1, 1, tzinfo=UTC))
    assert later.grade is ChainGrade.WRONG_NAME


@pytest.mark.parametrize("which", ["leaf", "issuer", "root"])
@pytest.mark.parametrize("when", ["past", "not yet"])
def test_expired_names_the_certificate(which, when):
    lapsed = {"not_after": NOW - timedelta(days=1)}
    unborn = {"not_before": NOW + timedelta(days=1)}
    change = lapsed if when == "past" else unborn
    specs = {"leaf": LEAF, "issuer": INTERMEDIATE, "root": ROOT}
    specs[which] = replace(specs[which], **change)
    found = grade(chain_of(*specs.values()), trusting(issue(specs["root"])))
    assert found.grade is ChainGrade.EXPIRED
    assert specs[which].name in found.reason


def test_moments_at_the_edge_are_in_force(roots):
    leaf = replace(LEAF, not_before=NOW, not_after=NOW)
    chain = chain_of(leaf, INTERMEDIATE, ROOT)
    assert grade(chain, roots, at=NOW).grade is ChainGrade.VALID
    assert grade(chain, roots, at=NOW + timedelta(seconds=1)).grade is ChainGrade.EXPIRED
    assert grade(chain, roots, at=NOW - timedelta(seconds=1)).grade is ChainGrade.EXPIRED


def test_a_cross_signed_root_that_lapsed_is_not_reached():
    """The case of DST Root CA X3, which lapsed on 2021-09-30, and ISRG Root X1."""
    old_root = replace(ROOT, name="Old Root", number=7, not_after=NOW - timedelta(days=1))
    new_root = replace(ROOT, name="New Root", number=8)
    chain = chain_of(LEAF, replace(INTERMEDIATE), new_root)
    crossed = der(issue(new_root, old_root))
    both = trusting(issue(old_root), issue(new_root))
    assert grade([*chain, crossed], both).grade is ChainGrade.VALID
    only_old = trusting(issue(old_root))
    assert grade([*chain, crossed], only_old).grade is ChainGrade.EXPIRED
    before = NOW - timedelta(days=2)
    assert grade([*chain, crossed], only_old, at=before).grade is ChainGrade.VALID


def test_a_self_signed_leaf():
    found = grade([der(issue(LEAF))], trusting(issue(ROOT)))
    assert found.grade is ChainGrade.SELF_SIGNED


def test_a_leaf_that_the_user_trusts_is_valid():
    leaf = issue(LEAF)
    assert grade([der(leaf)], trusting(leaf)).grade is ChainGrade.VALID


def test_a_missing_intermediate_of_a_known_organisation_is_incomplete(roots):
    leaf, _ = chain_of(LEAF, INTERMEDIATE, ROOT)
    found = grade([leaf], roots)
    assert found.grade is ChainGrade.INCOMPLETE
    assert "Test Issuer" in found.reason


def test_a_missing_intermediate_that_says_where_it_lies_is_incomplete(roots):
    issuer = replace(INTERMEDIATE, organisation="Another Trust")
    leaf, _ = chain_of(replace(LEAF, ca_issuers="http://ca.example/i.crt"), issuer, ROOT)
    assert grade([leaf], roots).grade is ChainGrade.INCOMPLETE


def test_a_bad_signature_is_no_authority(roots):
    leaf, issuer = chain_of(LEAF, INTERMEDIATE, ROOT)
    forged = leaf[:-1] + bytes([leaf[-1] ^ 1])
    found = grade([forged, issuer], roots)
    assert found.grade is ChainGrade.UNKNOWN_AUTHORITY
    assert "signature" in found.reason


def test_a_root_of_the_same_name_and_another_key_is_no_authority(roots):
    impostor = replace(ROOT, number=9)
    found = grade(chain_of(LEAF, INTERMEDIATE, impostor), roots)
    assert found.grade is ChainGrade.UNKNOWN_AUTHORITY


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"is_ca": False}, "no CA"),
        ({"may_sign": False}, "key usage"),
        ({"usages": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, "extended key usage"),
        ({"critical_oid": "1.3.6.1.4.1.99999.1"}, "critical extension"),
        ({"permitted": ("example.com",)}, "name constraints"),
        ({"excluded": ("example.org",)}, "name constraints"),
    ],
)
def test_an_issuer_that_may_not_issue_this(roots, change, word):
    found = grade(chain_of(LEAF, replace(INTERMEDIATE, **change), ROOT), roots)
    assert found.grade is ChainGrade.UNKNOWN_AUTHORITY
    assert word in found.reason


def test_name_constraints_that_allow(roots):
    issuer = replace(INTERMEDIATE, permitted=("example.org",), excluded=("bad.example.org",))
    assert grade(chain_of(LEAF, issuer, ROOT), roots).grade is ChainGrade.VALID


def test_a_wildcard_that_could_stand_for_a_shut_out_name_is_refused(roots):
    wild = replace(LEAF, names=("*.example.org",))
    issuer = replace(INTERMEDIATE, excluded=("bad.example.org",))
    assert grade(chain_of(wild, issuer, ROOT), roots).grade is ChainGrade.UNKNOWN_AUTHORITY
    issuer = replace(INTERMEDIATE, excluded=("a.bad.example.org",))
    assert grade(chain_of(wild, issuer, ROOT), roots).grade is ChainGrade.VALID


def test_path_length_counts_intermediates(roots):
    upper = replace(INTERMEDIATE, name="Upper", number=2, path_length=0)
    chain = chain_of(LEAF, INTERMEDIATE, upper, ROOT)
    found = grade(chain, roots)
    assert found.grade is ChainGrade.UNKNOWN_AUTHORITY
    assert "shorter path" in found.reason
    upper = replace(upper, path_length=1)
    assert grade(chain_of(LEAF, INTERMEDIATE, upper, ROOT), roots).grade is ChainGrade.VALID


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"usages": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, "extended key usage"),
        ({"critical_oid": "1.3.6.1.4.1.11129.2.4.3"}, "critical extension"),
        ({"is_ca": True}, "CA certificate"),
        ({"key": "rsa1024"}, "key"),
    ],
)
def test_leaves_that_prove_nothing(roots, change, word):
    found = grade(chain_of(replace(LEAF, **change), INTERMEDIATE, ROOT), roots)
    assert found.grade is ChainGrade.UNVERIFIABLE
    assert word in found.reason


def test_a_weak_issuer_proves_nothing(roots):
    found = grade(chain_of(LEAF, replace(INTERMEDIATE, key="rsa1024"), ROOT), roots)
    assert found.grade is ChainGrade.UNVERIFIABLE


def _signed_with_sha1(spec: Spec, issuer: Spec) -> bytes:
    """Sign again with SHA-1, which libraries no longer do for certificates."""
    certificate = issue(spec, issuer)
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
    tbs = certificate.tbs_certificate_bytes.replace(sha256, sha1)
    signature = key_of(issuer.key, issuer.number).sign(tbs, padding.PKCS1v15(), hashes.SHA1())
    whole = der(certificate).replace(certificate.tbs_certificate_bytes, tbs)
    return whole.replace(sha256, sha1).replace(certificate.signature, signature)


def test_sha1_counts_in_its_time_only():
    issued = datetime(2016, 3, 1, tzinfo=UTC)
    span = {"not_before": issued, "not_after": issued + timedelta(days=800)}
    own_root = replace(ROOT, **span)
    issuer = replace(INTERMEDIATE, **span)
    leaf = replace(LEAF, **span)
    trusted = trusting(issue(own_root))
    top = der(issue(issuer, own_root))
    found = grade([_signed_with_sha1(leaf, issuer), top], trusted, at=issued + timedelta(days=500))
    assert found.grade is ChainGrade.VALID
    assert "SHA-1" in found.reason
    late = replace(leaf, not_before=datetime(2017, 1, 1, tzinfo=UTC))
    found = grade([_signed_with_sha1(late, issuer), top], trusted, at=issued + timedelta(days=500))
    assert found.grade is ChainGrade.UNVERIFIABLE
    assert "SHA-1" in found.reason


def test_signing_with_an_odd_hash_is_unverifiable(roots):
    found = grade(chain_of(replace(LEAF, digest=hashes.SHA224()), INTERMEDIATE, ROOT), roots)
    assert found.grade is ChainGrade.UNVERIFIABLE


RUSSIAN = Spec(
    "Russian Trusted Sub CA",
    "The Ministry of Digital Development and Communications",
    key="rsa2048",
    number=3,
    is_ca=True,
)
KAZAKH = Spec(
    "Information Security Certification Authority", "ISCA", key="rsa2048", number=4, is_ca=True
)


def test_a_domestic_authority_is_told_from_interception(roots):
    issued = grade(chain_of(LEAF, RUSSIAN), roots)
    assert issued.grade is ChainGrade.DOMESTIC_CA
    assert issued.domestic is DomesticMeaning.DOMESTIC_ISSUANCE
    middle = replace(INTERMEDIATE, not_after=NOW - timedelta(days=9))
    opened = grade(chain_of(LEAF, middle, KAZAKH), roots)
    assert opened.grade is ChainGrade.DOMESTIC_CA
    assert opened.domestic is DomesticMeaning.INTERCEPTION


def test_a_domestic_certificate_for_another_name_shows_no_issuance(roots):
    chain = chain_of(replace(LEAF, names=("other.example",)), RUSSIAN)
    assert grade(chain, roots).grade is ChainGrade.WRONG_NAME
    chain = chain_of(replace(LEAF, not_after=NOW - timedelta(days=1)), RUSSIAN)
    assert grade(chain, roots).grade is ChainGrade.EXPIRED


def test_a_domestic_name_over_a_broken_chain_is_nobodys(roots):
    leaf, middle = chain_of(LEAF, INTERMEDIATE, RUSSIAN)
    other = der(issue(replace(INTERMEDIATE, number=11), RUSSIAN))
    assert grade([leaf, middle], roots).grade is ChainGrade.DOMESTIC_CA
    assert grade([leaf, other], roots).domestic is None


def test_rubbish_is_malformed_and_nothing_is_none(roots):
    assert grade([], roots).grade is ChainGrade.NONE
    assert grade([b"not a certificate"], roots).grade is ChainGrade.MALFORMED
    leaf, issuer = chain_of(LEAF, INTERMEDIATE, ROOT)
    assert grade([leaf + b"\0", issuer], roots).grade is ChainGrade.MALFORMED
    assert grade([leaf, b"rubbish", issuer], roots).grade is ChainGrade.VALID
    lonely, _ = chain_of(replace(LEAF), replace(INTERMEDIATE, organisation=""), ROOT)
    assert grade([lonely, b"rubbish"], roots).grade is ChainGrade.MALFORMED


def test_a_chain_that_branches_without_end_comes_to_an_end(roots):
    ring = [replace(INTERMEDIATE, name=f"Ring {n % 3}", number=20 + n) for n in range(6)]
    certificates = [der(issue(one, other)) for one in ring for other in ring if one != other]
    leaf = der(issue(LEAF, ring[0]))
    found = grade([leaf, *certificates], roots)
    assert found.grade in (ChainGrade.UNKNOWN_AUTHORITY, ChainGrade.UNVERIFIABLE)


def test_the_store_of_the_day_decides(tmp_path):
    span = {"not_before": datetime(2020, 1, 1, tzinfo=UTC)}
    gone = issue(replace(ROOT, **span))
    lasting = issue(replace(ROOT, name="Lasting", number=5))
    write_stores(tmp_path, {"2023-05-07": [gone, lasting], "2024-02-02": [lasting]})
    roots = RootStores.load(tmp_path)
    chain = chain_of(replace(LEAF, **span), replace(INTERMEDIATE, **span), ROOT)
    then = grade(chain, roots, at=datetime(2024, 1, 31, tzinfo=UTC))
    now = grade(chain, roots, at=datetime(2024, 2, 2, tzinfo=UTC))
    assert (then.grade, then.root_store_date) == (ChainGrade.VALID, date(2023, 5, 7))
    assert now.grade is ChainGrade.UNKNOWN_AUTHORITY
    assert "2023-05-07" in now.reason
    early = grade(chain, roots, at=datetime(2023, 5, 6, tzinfo=UTC))
    assert early.grade is ChainGrade.VALID_UNDATED


def test_without_any_store_nothing_is_claimed():
    nothing = RootStores()
    chain = chain_of(LEAF, INTERMEDIATE, ROOT)
    found = grade(chain, nothing)
    assert found.grade is ChainGrade.UNVERIFIABLE
    assert "whocut fetch roots" in found.reason
    assert grade([der(issue(LEAF))], nothing).grade is ChainGrade.SELF_SIGNED
    assert grade(chain_of(LEAF, RUSSIAN), nothing).grade is ChainGrade.DOMESTIC_CA


def test_an_undated_store_grades_lower_and_says_why(tmp_path, root):
    from tests.unit.reference.authority import pem

    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(pem(root))
    roots = RootStores.load(tmp_path / "absent", undated_pem=bundle)
    found = grade(chain_of(LEAF, INTERMEDIATE, ROOT), roots)
    assert found.grade is ChainGrade.VALID_UNDATED
    assert "bundle.pem" in found.reason
    stranger = chain_of(LEAF, INTERMEDIATE, replace(ROOT, organisation="Elsewhere"))
    assert grade(stranger, roots).grade is ChainGrade.UNVERIFIABLE


def test_a_kept_answer_ends_with_its_path(roots):
    leaf = replace(LEAF, not_after=NOW + timedelta(days=1))
    chain = chain_of(leaf, INTERMEDIATE, ROOT)
    assert grade(chain, roots).grade is ChainGrade.VALID
    assert grade(chain, roots, at=NOW + timedelta(days=2)).grade is ChainGrade.EXPIRED
    assert grade(chain, roots).grade is ChainGrade.VALID
