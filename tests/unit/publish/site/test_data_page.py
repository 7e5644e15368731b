"""What the page on data says of files that could not be read."""

import pytest
from litestar.testing import TestClient

from whocut.ledger.load import ledger_path
from whocut.publish.edition.build import build_edition
from whocut.publish.edition.opening import current_edition
from whocut.publish.site.app import make_app


@pytest.fixture
def page(tmp_path) -> str:
    root = tmp_path / "ledger"
    (root / "2022").mkdir(parents=True)
    for name in ("2022/2022-03-cogent-ru.yaml", "sources.yaml"):
        (root / name).write_bytes((ledger_path() / name).read_bytes())
    (root / "2022" / "<b>broken.yaml").write_text("id: 2022-broken\nkind: <script>\n", "utf-8")
    build_edition(tmp_path / "observatory", ledger=root)
    edition = current_edition(tmp_path / "observatory")
    with TestClient(make_app(lambda: edition)) as client:
        return client.get("/data").text


def test_a_file_that_could_not_be_read_is_named_with_the_reason(page):
    assert "1 file of the ledger could not be read and is left out." in page
    assert "2022/&lt;b&gt;broken.yaml" in page
    assert "1 record of the ledger" in page
    assert "<script>" not in page.partition("<main")[2]
