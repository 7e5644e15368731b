"""Print how many recorded chains a second are verified, and what PolicyBuilder takes for the same.

Run: python tests/bench/bench_chains.py --cache CACHE [--distinct 2000] [--seed 7]
CACHE holds dated root stores (whocut fetch roots). The real chains are those of
../shared/access/ooni/real.jsonl; the distinct ones are the same chains re-created with keys of the
same kinds, each certificate new, so that no cache by content helps.
"""

import argparse
import base64
import json
import statistics
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from key_pool import KeyPool
from resign import BenchAuthority

from whocut.reference import certificates, chains, signatures
from whocut.reference.chains import verify_chain
from whocut.reference.roots import RootStores

SHARED = Path(__file__).resolve().parents[3] / "shared" / "access"


class Recorded(NamedTuple):
    certificates: tuple[bytes, ...]
    server_name: str
    at: datetime


def recorded_chains(path: Path) -> Iterator[Recorded]:
    """Take every recorded chain out of a file of OONI measurements, repeats included."""
    for line in path.read_bytes().splitlines():
        raw = json.loads(line)["raw"]
        for handshake in (raw.get("test_keys") or {}).get("tls_handshakes") or []:
            sent = [one["data"] for one in handshake.get("peer_certificates") or []]
            if sent:
                at = datetime.fromisoformat(raw["measurement_start_time"]).replace(tzinfo=UTC)
                chain = tuple(base64.b64decode(one) for one in sent)
                yield Recorded(chain, handshake["server_name"], at)


def forget() -> None:
    """Empty every cache, so that a round pays for all it verifies."""
    chains._kept.clear()
    certificates.recurring.cache_clear()
    certificates.name_text.cache_clear()
    certificates.name_attributes.cache_clear()
    signatures.check_signature_once.cache_clear()
    signatures._issuer_key.cache_clear()


def clock(name: str, work: Callable[[Recorded], object], items: Sequence[Recorded]) -> None:
    started = time.process_time()
    for item in items:
        work(item)
    spent = time.process_time() - started
    each_us = spent / len(items) * 1e6
    print(f"{name:<58} {len(items) / spent:>9,.0f} chains/s {each_us:>8.1f} µs each")


def kind_of(chain: Recorded) -> str:
    keys = [x509.load_der_x509_certificate(der).public_key() for der in chain.certificates]
    return " < ".join(
        f"{'RSA' if isinstance(key, rsa.RSAPublicKey) else 'EC'}-{key.key_size}" for key in keys
    )


def oracle(items: Sequence[Recorded], roots_pem: bytes) -> Callable[[Recorded], bool]:
    store = Store(x509.load_pem_x509_certificates(roots_pem))

    def verify(item: Recorded) -> bool:
        try:
            subject = x509.IPAddress(ip_address(item.server_name))
        except ValueError:
            subject = x509.DNSName(item.server_name)
        verifier = PolicyBuilder().store(store).time(item.at).build_server_verifier(subject)
        leaf, *sent = map(x509.load_der_x509_certificate, item.certificates)
        try:
            verifier.verify(leaf, sent)
        except VerificationError:
            return False
        return True

    return verify


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--distinct", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    real = list(recorded_chains(SHARED / "ooni" / "real.jsonl"))
    different = list({item.certificates: item for item in real}.values())
    print(f"{len(real)} recorded chains, {len(different)} different; seed {arguments.seed}")

    roots = RootStores.load(arguments.cache / "roots")

    def ours(item: Recorded) -> object:
        return verify_chain(item.certificates, item.server_name, item.at, roots)

    print("grades:", dict(Counter(str(ours(item).grade) for item in real)))  # type: ignore[attr-defined]
    clock("real, as recorded (caches warm)", ours, real * 50)

    def cold(item: Recorded) -> object:
        forget()
        return ours(item)

    clock("real, each from cold caches", cold, different * 20)
    rng = Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        authority = BenchAuthority(arguments.seed, KeyPool(arguments.seed, Path(scratch)))
        root = Path(scratch) / "root.pem"
        root.write_bytes(authority.root_pem)
        roots = RootStores.load(arguments.cache / "roots", [root])
        made = [
            item._replace(certificates=tuple(authority.resign(item.certificates, rng)))
            for item in (rng.choice(real) for _ in range(arguments.distinct))
        ]
        forget()
        clock("re-signed, every certificate new", ours, made)
        clock("  the same through PolicyBuilder", oracle(made, authority.root_pem), made)
        agreed = sum(
            (ours(item).grade == "valid") == oracle(made, authority.root_pem)(item)  # type: ignore[attr-defined]
            for item in made[:200]
        )
        print(f"agreement with PolicyBuilder: {agreed} of {len(made[:200])}")
        for kind, count in Counter(map(kind_of, made)).most_common():
            forget()
            clock(
                f"  {count / len(made):.0%} {kind}", ours, [i for i in made if kind_of(i) == kind]
            )
        sizes = [sum(map(len, item.certificates)) for item in made]
        print(f"average chain {statistics.mean(sizes):,.0f} bytes")


if __name__ == "__main__":
    main()
