"""Search a path of signatures from a leaf to a root, through what the server sent.

Depth first, issuers from the root store before those that were sent, so that the search stops at
the first trusted key: a cross-signed root that has lapsed (DST Root CA X3 after 2021-09-30) is
never reached when the authority's own root is in the store.
"""

from collections.abc import Sequence

from whocut.reference.certificates import Certificate, name_text
from whocut.reference.roots import RootStore
from whocut.reference.server_names import are_names_allowed
from whocut.reference.signatures import (
    SignatureCheck,
    check_signature,
    check_signature_once,
    is_sha1,
    is_strong_key,
)

__all__ = ["SHA1_ISSUED_UNTIL", "CertificatePath", "PathSearch"]

CertificatePath = tuple[Certificate, ...]
"""Leaf first, root last."""

SHA1_ISSUED_UNTIL = "20170101000000"
"""CA/Browser Forum ballot 118: public CAs sign nothing with SHA-1 after 2015, save by exception
to the end of 2016. A forgery would have needed the CA to sign a chosen prefix, so those stand."""
_MAX_DEPTH = 8
_MAX_SIGNATURE_CHECKS = 32
"""Enough for any real chain; a hostile one can make the search branch without end."""


class PathSearch:
    """One search; afterwards ``obstacle`` and ``unsupported`` say what stood in the way."""

    __slots__ = ("_at", "_checks_left", "_leaf", "_sent", "_store", "obstacle", "unsupported")

    def __init__(self, store: RootStore, sent: Sequence[Certificate], at: str | None) -> None:
        self._store = store
        self._at = at
        self._checks_left = _MAX_SIGNATURE_CHECKS
        self._leaf: Certificate | None = None
        self._sent: dict[bytes, list[Certificate]] = {}
        for certificate in sent:
            self._sent.setdefault(certificate.subject, []).append(certificate)
        self.obstacle = ""
        self.unsupported = ""

    def find(self, leaf: Certificate) -> CertificatePath | None:
        """Find a path; ``at`` given as ``None`` searches whatever the time."""
        self._leaf = leaf
        if not self._is_in_force(leaf):
            return None
        if any(root.der == leaf.der for root in self._store.by_subject.get(leaf.subject, ())):
            return (leaf,)
        return self._extend((leaf,))

    def _extend(self, path: CertificatePath) -> CertificatePath | None:
        child = path[-1]
        for root in self._store.by_subject.get(child.issuer, ()):
            if self._vouches(root, path, is_root=True):
                return (*path, root)
        if len(path) >= _MAX_DEPTH:
            return None
        for issuer in self._sent.get(child.issuer, ()):
            is_new = all(
                issuer.subject != known.subject or issuer.public_key != known.public_key
                for known in path
            )
            if is_new and self._vouches(issuer, path, is_root=False):
                found = self._extend((*path, issuer))
                if found is not None:
                    return found
        return None

    def _vouches(self, issuer: Certificate, path: CertificatePath, *, is_root: bool) -> bool:
        fault = self._fault(issuer, path, is_root=is_root)
        if fault:
            self.obstacle = self.obstacle or f"{name_text(issuer.subject)} {fault}"
            return False
        if not self._is_in_force(issuer):
            return False
        return self._is_signed(path, issuer)

    def _fault(self, issuer: Certificate, path: CertificatePath, *, is_root: bool) -> str:
        """Say why a certificate may not issue the path's last one, or nothing."""
        # Roots of the 1990s are version 1 and say nothing of themselves: the store vouches.
        is_old_root = is_root and issuer.version < 3
        limits = issuer.name_constraints
        fault = ""
        if not issuer.is_ca and not is_old_root:
            fault = "is no CA certificate"
        elif not issuer.may_sign_certificates:
            fault = "may not sign certificates (key usage)"
        elif not issuer.may_serve:
            fault = "may not vouch for TLS servers (extended key usage)"
        elif issuer.unknown_critical:
            fault = "carries a critical extension that no web client knows"
        elif issuer.path_length is not None and _steps_below(path) > issuer.path_length:
            fault = "allows a shorter path only"
        elif limits is not None and not are_names_allowed(path[0], limits):
            fault = "may not vouch for this name (name constraints)"
        return fault

    def _is_in_force(self, certificate: Certificate) -> bool:
        return self._at is None or certificate.not_before <= self._at <= certificate.not_after

    def _is_signed(self, path: CertificatePath, issuer: Certificate) -> bool:
        child = path[-1]
        if is_sha1(child) and child.not_before >= SHA1_ISSUED_UNTIL:
            self.unsupported = f"{name_text(child.subject)} is signed with SHA-1, after its time"
            return False
        if not is_strong_key(issuer.public_key):
            self.unsupported = f"the key of {name_text(issuer.subject)} is too weak"
            return False
        if self._checks_left <= 0:
            self.unsupported = "the chain branches without end"
            return False
        self._checks_left -= 1
        if len(path) == 1:
            outcome = check_signature(child, issuer.public_key)
        else:
            outcome = check_signature_once(child.der, issuer.public_key)
        if outcome is SignatureCheck.UNSUPPORTED:
            self.unsupported = f"{name_text(child.subject)} is signed in a way we cannot check"
        elif outcome is SignatureCheck.BAD:
            self.obstacle = (
                f"the signature on {name_text(child.subject)} is not of "
                f"{name_text(issuer.subject)}, which it names"
            )
        return outcome is SignatureCheck.GOOD


def _steps_below(path: CertificatePath) -> int:
    return sum(1 for known in path[1:] if known.issuer != known.subject)
