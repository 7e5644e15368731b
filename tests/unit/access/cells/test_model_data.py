"""The model's data fit together, and fit the rules."""

from __future__ import annotations

import msgspec
import pytest

from whocut.access.cells.emission import mean_of
from whocut.access.cells.hypotheses import HYPOTHESES, grid_masses
from whocut.access.cells.model_data import MODEL, NET_FAIL, PRIOR, _check
from whocut.access.cells.symbols import KIND_COLUMNS, symbols_of
from whocut.access.rules import load_rules
from whocut.model.errors import DamagedDataError
from whocut.model.taxonomy import Cause


def test_every_rule_has_a_symbol_and_only_unclear_pages_have_none():
    import pyarrow as pa

    rules = list(load_rules())
    kinds = pa.table({name: [str(getattr(one, name)) for one in rules] for name in KIND_COLUMNS})
    found = {
        rule.id: MODEL.symbol_ids[symbol]
        for rule, symbol in zip(rules, symbols_of(kinds), strict=True)
    }
    other = {name for name, symbol in found.items() if symbol == "other"}
    assert other == {"http.diff", "dns.differs", "dns.other.control", "target.http.error.here"}
    assert found["refusal.geo.cloud"] == "refused_edge"
    assert found["refusal.vague.edge"] == "vague_edge"
    assert found["tls.interception.known_ca"] == "mitm"


def test_every_symbol_is_emitted_by_some_mode():
    emitted = {name for mode in MODEL.mode for name in mode.emits}
    assert emitted == set(MODEL.symbol_ids)
    assert NET_FAIL in emitted


def test_means_and_priors_add_up_to_one():
    for mode in MODEL.mode:
        assert mean_of(mode).sum() == pytest.approx(1)
        assert mean_of(mode).min() > 0
    assert sum(one.prior for one in HYPOTHESES) == pytest.approx(1, abs=0.01)
    assert PRIOR[Cause.SERVED] > 0.8


def test_a_bare_failure_looks_the_same_from_service_and_path():
    modes = {mode.id: mode for mode in MODEL.mode}
    for name in (
        "tcp_timeout",
        "tcp_refused",
        "tls_reset",
        "tls_timeout",
        "tls_other",
        "http",
        "silent_stages",
    ):
        service, path = modes[f"service.{name}"], modes[f"path.{name}"]
        same = ("emits", "concentration", "extent")
        assert all(getattr(service, one) == getattr(path, one) for one in same), name


@pytest.mark.parametrize("extent", [(1.0, 1.0), (8.0, 1.0), (0.9, 1.2), (1.2, 1.0)])
def test_grid_holds_the_prior(extent):
    import numpy as np

    masses = grid_masses(extent, 24)
    points = (np.arange(24) + 0.5) / 24
    assert masses.sum() == pytest.approx(1)
    assert (masses * points).sum() == pytest.approx(extent[0] / sum(extent), abs=0.01)


def test_a_model_with_a_typing_error_is_refused():
    mode = MODEL.mode[3]
    strange = msgspec.structs.replace(mode, emits={"refused_sevice": 0.9})
    with pytest.raises(DamagedDataError, match=r"refused_sevice.*field emits"):
        _check(msgspec.structs.replace(MODEL, mode=(*MODEL.mode[:3], strange)))
    doubled = msgspec.structs.replace(mode, prior=0.5)
    with pytest.raises(DamagedDataError, match="priors add up"):
        _check(msgspec.structs.replace(MODEL, mode=(*MODEL.mode[:3], doubled, *MODEL.mode[4:])))
