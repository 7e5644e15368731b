"""A small ledger without a fault, made up, which tests damage in one place at a time."""

from datetime import date
from pathlib import Path

from whocut.ledger.check import CheckReport, check_ledger

__all__ = ["ACTORS", "CUT", "FILES", "INSTRUMENTS", "MECHANISMS", "checked", "write_ledger"]

CUT = "2022/2022-03-acme-ru.yaml"
RESTORED = "2023/2023-05-acme-ru-restored.yaml"
REFUSAL = "2022/2022-03-root-refusal.yaml"
SHARED = "sources.yaml"
FILES = {
    CUT: """\
id: 2022-03-acme-ru
kind: cut
parties:
  decider:
  - {actor: acme, from: [s1, s2]}
attribution:
  status: disputed
  hypotheses:
  - {actor: acme, claim: The firm switched it off., claimant: regulator, from: [s2]}
  - {actor: nobody, claim: A fault., claimant: acme, from: [s1]}
  from: [s2]
sector: {value: backbone, from: [s1, s2]}
action: {value: network_disconnection, from: [s1]}
layer: {value: route, from: [s1]}
mechanism: {value: route.transit_ended, from: [s1]}
how: {text: Contracts ended and ports closed; a court held it unlawful., among: [s1, s2]}
population: {places: [RU, UA-43], selectors: [registration], from: [s1]}
scope: {text: All of its customers., from: [s1]}
dates:
  announced:
  - {on: '2022-03-03', from: [s1]}
  effective:
  - {on: '2022-03-04T17:00Z', from: [s1]}
  - {on: '2022-03-05', from: [pact]}
  ended:
  - {on: 2023-05, from: [s2]}
grounds:
- {category: company_stance, text: It called the war illegal., claimant: acme, from: [s1]}
instruments:
- {id: act-1, from: [s2]}
networks:
- {asn: 3356, from: [s1]}
domains:
- {domain: acme-net.org, from: [own]}
conflicts:
- {field: dates.ended, text: One report has June., from: [s2]}
notes:
- {text: The criminal court of that town was cut off as well., from: [s2]}
replies:
- {received: '2023-06-01', by: acme, verified_by: letterhead, text: We only followed the law.}
confidence: high
sources:
  s1:
    url: https://www.acme-net.org/news/2022/03/letter?id=7
    title: Letter to customers
    publisher: Acme
    date: '2022-03-03'
    lang: en
    read: excerpt
    stance: primary
    group: acme
  s2:
    url: https://daily-paper.org/2023/05/acme
    title: Acme was illegal, says a minister
    publisher: Daily Paper
    date: '2023-05-20'
    lang: ru
    read: excerpt
    stance: press
    group: daily-paper
""",
    RESTORED: """\
id: 2023-05-acme-ru-restored
kind: restoration
parties:
  decider:
  - {actor: acme, from: [s1]}
attribution: {status: alleged, from: [s1]}
sector: {value: backbone, from: [s1]}
action: {value: restoration, from: [s1]}
layer: {value: route, from: [s1]}
population: {places: [RU], from: [s1]}
dates:
  effective:
  - {on: '2023-05-20', from: [s1]}
edges:
- {kind: restores, to: 2022-03-acme-ru, from: [s1]}
- {kind: same_event, to: 2022-03-root-refusal, from: [own]}
sources:
  s1:
    url: https://daily-paper.org/2023/05/back
    title: Acme is back
    publisher: Daily Paper
    read: linked
    stance: press
    group: daily-paper
""",
    REFUSAL: """\
id: 2022-03-root-refusal
kind: refusal
parties:
  decider:
  - {actor: root-keeper, from: [s1]}
attribution: {status: admitted, from: [s1]}
sector: {value: domain_registry, from: [s1]}
action: {value: refusal_to_cut, from: [s1]}
layer: {value: registry, from: [s1]}
population: {places: [WORLD], from: [s1]}
dates:
  announced:
  - {on: 2022-03, from: [s1]}
edges:
- {kind: same_event, to: 2023-05-acme-ru-restored, from: [own]}
sources:
  s1:
    title: A letter on paper
    publisher: Root Keeper
    read: excerpt
    stance: primary
    group: root-keeper
""",
    SHARED: """\
pact:
  url: https://pact.org/statement
  title: A statement
  publisher: Pact
  date: '2022-03-07'
  lang: en
  read: excerpt
  stance: ngo
  group: pact
""",
}
ACTORS = frozenset({"acme", "root-keeper", "regulator"})
INSTRUMENTS = frozenset({"act-1"})
MECHANISMS = frozenset(
    {"route", "route.transit_ended", "account", "account.closed", "sale.ended", "payment.refused"}
)


def write_ledger(root: Path, files: dict[str, str] = FILES) -> Path:
    """Write a ledger of these files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def checked(root: Path) -> CheckReport:
    """Check a ledger against the made-up ids."""
    return check_ledger(
        root,
        actors=ACTORS,
        instruments=INSTRUMENTS,
        mechanisms=MECHANISMS,
        companies={"acme"},
        today=date(2026, 1, 1),
    )
