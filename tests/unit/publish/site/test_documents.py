import re

import pytest

from whocut.publish.site import documents
from whocut.publish.site.documents import document, glossary_terms, method_names


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Documents of the test's own."""
    (tmp_path / "methods").mkdir()
    monkeypatch.setattr(documents, "_folder", lambda: tmp_path)
    for read in (method_names, document, glossary_terms):
        read.cache_clear()
    yield tmp_path
    for read in (method_names, document, glossary_terms):
        read.cache_clear()


def test_nothing_in_a_document_becomes_an_element_of_its_own(folder):
    (folder / "methods" / "bad.md").write_text(
        "# T\n\n<script>x</script> <b>a</b>\n\n[a](javascript:alert(1)) ![p](http://x.example/p.png)"
        '\n\n[q](<"onclick=x>)\n\n| a |\n|--:|\n| 1 |\n'
    )
    body = str(document("methods/bad").body)
    assert "<script" not in body
    assert "<b>" not in body
    assert "javascript:" not in re.findall(r'href="([^"]*)"', body).__str__()
    assert "<img" not in body
    assert "style=" not in body
    assert '<td class="num">1</td>' in body
    assert '<th class="num" scope="col">' in body


def test_addresses_between_documents_become_pages(folder):
    (folder / "glossary.md").write_text("# G\n\n**a** - b\n")
    (folder / "methods" / "b.md").write_text("# B\n")
    (folder / "methods" / "a.md").write_text(
        "# A\n\n[b](b.md#x) [g](../glossary.md) [adr](../adr/1.md) [here](#y) [out](https://x.example/)"
        "\n\n## Y z\n"
    )
    body = str(document("methods/a").body)
    assert re.findall(r'href="([^"]*)"', body) == [
        "/methods/b#x",
        "/glossary",
        "https://github.com/whocut/whocut/blob/main/docs/adr/1.md",
        "#y",
        "https://x.example/",
    ]
    assert '<h2 id="y-z">' in body


@pytest.mark.parametrize("name", ["methods/../licences", "methods/none", "adr/0001", "", "../x"])
def test_only_documents_that_are_pages_are_given(name):
    assert document(name) is None


def test_every_method_that_ships_is_whole():
    assert {"access", "law", "lags", "whatif"} <= set(method_names())
    for name in method_names():
        found = document(f"methods/{name}")
        assert found is not None
        assert found.title != name
        assert "<h1" not in found.body
        assert len(found.lead) > 40


def test_the_glossary_has_all_its_terms():
    terms = glossary_terms()
    assert len(terms) > 40
    assert len({anchor for anchor, _, _ in terms}) == len(terms)
