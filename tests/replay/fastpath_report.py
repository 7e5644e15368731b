"""Compare what OONI's fastpath rows say with what the same fields carry by our rules.

Run: python -m tests.replay.fastpath_report [--write]. Reads the rows and the fingerprint lists in
../shared/access and writes docs/methods/fastpath.md. The rows hold no bodies and no certificates,
so this compares readings of the same fields, not verdicts.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path

import msgspec

from whocut.reference.fingerprint_catalog import load_catalog
from whocut.reference.fingerprint_import import import_ooni_dns_csv, import_ooni_http_csv
from whocut.reference.fingerprints import Fingerprint, Meaning, Scope

REPO = Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared" / "access"
REPORT = REPO / "docs" / "methods" / "fastpath.md"

# Patterns that OONI files as "no block page", whose page is a refusal or a check by the edge.
HIDES_REFUSAL = {
    "cp.fp_x_cloudflare_error_1": "`Ray ID:` stands on every Cloudflare refusal and check",
    "cp.fp_x_cloudflare_error_2": "`Cloudflare Location:` stands on Cloudflare's pages",
    "cp.fp_x_error_code": "`error code:` begins Cloudflare's bare refusals (1009 is the country)",
    "cp.fp_x_incapsula": "Imperva's page serves checks and refusals alike",
    "cp.fp_x_cloudflare_check": "a check of the browser",
    "cp.fp_x_fpru_serverside": "says that the visitor's location is prohibited",
    "cp.fp_satellite_general1": "Google's refusal of a client, also by country",
    "cp.fp_satellite_fp_403": "a bare refusal",
}

READINGS: dict[str, tuple[str, str]] = {
    "other_test": ("other", "Another test than Web Connectivity: skipped by name and counted."),
    "shifted": (
        "differ",
        "The columns are shifted (an older table layout): refused by name, where the row as it "
        "stands would be read as a measurement.",
    ),
    "failed": ("same", "The measurement failed: no answer."),
    "failed_but_confirmed": (
        "differ",
        "Both a failure and confirmed. A failed control does not undo what was seen: the "
        "fingerprint counts, at its own strength.",
    ),
    "confirmed_expected": (
        "same",
        "Confirmed by a fingerprint of a state or network, in a country where it is expected.",
    ),
    "confirmed_elsewhere": (
        "differ",
        "Confirmed by a fingerprint that is not expected in the probe's country: evidence that "
        "somebody answered, not that this state did; the locus stays unknown.",
    ),
    "confirmed_vague": (
        "differ",
        "Confirmed by wording that names nobody (OONI files Censored Planet's unknown patterns "
        "as national): somebody answered, and nobody is named.",
    ),
    "confirmed_bare": ("differ", "Confirmed, and no fingerprint stands in the row."),
    "anomaly_vague_dns": (
        "differ",
        "An anomaly by an answer of localhost or 0.0.0.0. A bogon is evidence of injection only "
        "if the control saw none: the row does not say, so the answer is insufficient.",
    ),
    "anomaly_dns": (
        "differ",
        "blocking=dns. A different answer is no interference by itself (a CDN's addresses "
        "rotate): a valid certificate for the name would make it ok. Insufficient from the row.",
    ),
    "anomaly_tcp": (
        "differ",
        "blocking=tcp_ip. Reached from the control and not from here: a cut whose author one "
        "failed connection cannot show; never `blocking` by somebody.",
    ),
    "anomaly_http_failure": (
        "differ",
        "blocking=http-failure. A reset or timeout: a cut whose author it cannot show. Only "
        "server names, routes or countries in contrast say more.",
    ),
    "anomaly_http_diff": (
        "differ",
        "blocking=http-diff. A page unlike the control's may be a refusal by the service, a "
        "check, or somebody else's page: the page has to be read.",
    ),
    "accessible_hides_refusal": (
        "differ",
        "Accessible, with a marker that OONI lists as a false positive and that stands on "
        "refusals and checks by an edge: to be read, not to be counted as accessible.",
    ),
    "accessible_https": (
        "differ",
        "Accessible over https. OONI does not compare what came over https: a refusal in good "
        "TLS is in here too. By our rules `served` needs the page or its likeness to the control.",
    ),
    "accessible_http": ("same", "Accessible over http: the page was compared with the control's."),
}


class Row(msgspec.Struct, frozen=True):
    """One fastpath row, by the fields compared."""

    uid: str
    country: str
    url: str
    reading: str
    fingerprints: tuple[str, ...]


def read_rows(path: Path, known: dict[str, Fingerprint]) -> list[Row]:
    """Read each row into one named reading."""
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = tuple(
                part.rpartition(":")[0] for part in row["fingerprints"].split(";") if part
            )
            found = tuple(dict.fromkeys(names))
            reading = reading_of(row, [known[name] for name in found if name in known], found)
            rows.append(Row(row["measurement_uid"], row["probe_cc"], row["input"], reading, found))
    return rows


def reading_of(row: dict[str, str], found: list[Fingerprint], names: tuple[str, ...]) -> str:
    """Name what the fields of a row carry."""
    if row["anomaly"] not in ("t", "f") or row["confirmed"] not in ("t", "f"):
        return "shifted"
    if row["test_name"] != "web_connectivity":
        return "other_test"
    if row["msm_failure"] == "t":
        return "failed_but_confirmed" if row["confirmed"] == "t" else "failed"
    if row["confirmed"] == "t":
        return _confirmed(row["probe_cc"], found)
    if row["anomaly"] == "t":
        return _anomaly(row["blocking_type"], found)
    if any(name in HIDES_REFUSAL for name in names):
        return "accessible_hides_refusal"
    return "accessible_https" if row["input"].startswith("https:") else "accessible_http"


def _confirmed(country: str, found: list[Fingerprint]) -> str:
    blocks = [f for f in found if f.meaning is Meaning.BLOCK_PAGE]
    if not blocks:
        return "confirmed_bare"
    named = [f for f in blocks if f.scope in (Scope.STATE, Scope.ISP)]
    if not named:
        return "confirmed_vague"
    if any(country in f.expected_countries for f in named):
        return "confirmed_expected"
    return "confirmed_elsewhere"


def _anomaly(blocking_type: str, found: list[Fingerprint]) -> str:
    if any(f.meaning is Meaning.BLOCK_PAGE and f.scope is Scope.UNKNOWN for f in found):
        return "anomaly_vague_dns"
    return {
        "dns": "anomaly_dns",
        "tcp_ip": "anomaly_tcp",
        "http-failure": "anomaly_http_failure",
        "http-diff": "anomaly_http_diff",
    }[blocking_type]


def known_fingerprints(folder: Path) -> dict[str, Fingerprint]:
    """Load OONI's two lists by name, with our reading of rows that name nobody."""
    rows = (
        *import_ooni_http_csv(folder / "ooni_fingerprints_http.csv"),
        *import_ooni_dns_csv(folder / "ooni_fingerprints_dns.csv"),
    )
    reviewed = load_catalog().reviewed
    return {row.id: reviewed(row) for row in rows if isinstance(row, Fingerprint)}


def render(rows: list[Row]) -> str:
    """Write the report."""
    counts = Counter(row.reading for row in rows)
    web = [row for row in rows if row.reading not in ("other_test", "shifted")]
    differ = sum(READINGS[row.reading][0] == "differ" for row in web)
    lines = [
        "# Where our reading of OONI's fastpath rows differs",
        "",
        "Generated by `python -m tests.replay.fastpath_report --write` from",
        "`../shared/access/labels/ooni-fastpath-rows.csv` (rows of OONI's public fastpath table,",
        "via ooni/backend) and OONI's fingerprint lists. The rows hold neither bodies nor",
        "certificates: this compares what the same fields carry, not verdicts.",
        "",
        f"{len(rows):,} rows; {len(web):,} of Web Connectivity are readable. Of these the reading",
        f"is the same in {len(web) - differ:,} and differs in {differ:,}, most of them because",
        "`accessible` over https says nothing about the page that came.",
        "",
        "| reading | rows | with OONI | why |",
        "|---|---:|---|---|",
    ]
    for reading, (relation, why) in READINGS.items():
        lines.append(f"| `{reading}` | {counts[reading]} | {relation} | {why} |")
    lines += ["", "## Markers filed as false positives that stand on refusals", ""]
    marked = Counter(
        name
        for row in rows
        if row.reading == "accessible_hides_refusal"
        for name in row.fingerprints
        if name in HIDES_REFUSAL
    )
    lines += [
        f"- `{name}`: {count} rows; {HIDES_REFUSAL[name]}." for name, count in marked.most_common()
    ]
    lines += ["", "## Rows that differ beyond the https question", ""]
    lines += [
        "| measurement | country | address | reading | fingerprints |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        if row.reading.startswith(("confirmed", "failed_but", "anomaly_vague", "accessible_hides")):
            if READINGS[row.reading][0] == "same":
                continue
            names = ", ".join(f"`{name}`" for name in row.fingerprints) or "none"
            lines.append(
                f"| `{row.uid}` | {row.country} | `{row.url}` | `{row.reading}` | {names} |"
            )
    return "\n".join(lines) + "\n"


def build_report(shared_access: Path) -> str:
    """Read the rows and render the report."""
    known = known_fingerprints(shared_access / "fingerprints")
    return render(read_rows(shared_access / "labels" / "ooni-fastpath-rows.csv", known))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    report = build_report(SHARED)
    if arguments.write:
        REPORT.write_text(report, encoding="utf-8")
    else:
        print(report)


if __name__ == "__main__":
    main()
