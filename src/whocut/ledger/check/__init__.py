"""Check the ledger: each rule is a small function in a table, with an id and one sentence.

Rules are in ``ties`` (files, edges, duplicates), ``provenance`` (sources), ``times`` (dates),
``references`` (what a record names) and ``texts`` (prose and addresses); what they judge by is in
``data/ledger/check.toml``.
"""

from whocut.ledger.check.rule import CheckReport, Finding
from whocut.ledger.check.run import check_ledger, rules

__all__ = ["CheckReport", "Finding", "check_ledger", "rules"]
