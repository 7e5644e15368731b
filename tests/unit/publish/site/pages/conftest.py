"""One small edition for the pages asked first: cells laid by hand, a few records that ship."""

from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.unit.cli.celled import FIRST, cell, cells, lay_cells, measured, networks, spans
from tests.unit.cli.celled import tallies_of as tallied
from tests.unit.publish.site.pages.reading_pages import Site
from tests.unit.store.building import put
from whocut.ledger.load import ledger_path
from whocut.publish.edition.build import build_edition
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.opening import open_edition
from whocut.publish.site.app import make_app
from whocut.store.observatory import Observatory

RECORDS = (
    "2022/2022-03-cogent-ru.yaml",
    "2019/2019-07-github-multi.yaml",
    "2021/2021-01-github-ir-restored.yaml",
    "2022/2022-03-eu-rt-sputnik.yaml",
    "2022/2022-03-icann-refusal.yaml",
    "2024/2024-07-rkn-youtube-throttle.yaml",
    "2024/2024-05-dockerhub-ru.yaml",
    "2024/2024-05-google-android-ir.yaml",
    "2015/2015-09-dockerhub-multi.yaml",
    "sources.yaml",
)
MODULES = ("country", "domain", "pair", "is_it_me", "compare")


def laid(place: Path) -> Path:
    """Lay the cells of the command line's tests, and some that pages tell apart."""
    two = {"lead": "interfered", "second": "refused_service", "p_two": 0.97}
    more = [
        cell("github.com", 7, "refused_service", probe_cc="IR"),
        cell("github.com", 7, "two_causes", **two),
        cell("down.example", 7, "target_down", lead="target_down"),
        cell("bots.example", 7, "bot_check", lead="bot_check"),
        cell("edge.example", 7, "refused_edge"),
        cell("refused.example", 7, "refused"),
        cell("github.com", 7, "served", probe_cc="KZ"),
        cell("lab.example", 7, "interfered", probe_cc="XA", origin="lab"),
    ]
    made = measured()
    put(Observatory(place), a=made)
    tables = {"cell": cells() + more, "tally": tallied(made), "span": spans()}
    lay_cells(place, tables | {"network_week": networks()})
    return place


@pytest.fixture(scope="session")
def edition(tmp_path_factory) -> Edition:
    root = tmp_path_factory.mktemp("pages")
    for name in RECORDS:
        place = root / "ledger" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ledger_path() / name).read_bytes())
    return open_edition(build_edition(laid(root / "observatory"), ledger=root / "ledger"))


@pytest.fixture(scope="session")
def site(edition) -> Site:
    app = make_app(lambda: edition, modules=MODULES)
    with TestClient(app, raise_server_exceptions=True) as client:
        yield Site(client)


@pytest.fixture(scope="session")
def last_week():
    return FIRST + timedelta(weeks=7)


@pytest.fixture(scope="session")
def told(edition):
    """A record as an edition holds it, for tests that say otherwise of it."""
    return edition.ledger.row("2019-07-github-multi")
