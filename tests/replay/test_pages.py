"""Labelled pages: what each is called, against its label, a hold-out, and others' lists."""

from collections import Counter
from pathlib import Path

import pytest

from tests.replay.page_sources import (
    Page,
    PlainLists,
    anomalous_dns_pages,
    holdout_pages,
    labelled_refusals,
)
from whocut.reference.fingerprints import FingerprintSet, Meaning, Scope, leading_match

PLACE = {Meaning.GEO_EXPLICIT, Meaning.SANCTIONS_EXPLICIT, Meaning.LICENCE_EXPLICIT}
ACCEPTED: dict[str, set[Meaning | None]] = {
    "geo": {Meaning.GEO_EXPLICIT},
    "sanctions": {Meaning.SANCTIONS_EXPLICIT},
    "licence": {Meaning.LICENCE_EXPLICIT},
    "legal": {Meaning.LEGAL_EXPLICIT},
    "bot": {Meaning.BOT_CHALLENGE},
    "reputation": {Meaning.REPUTATION_BLOCK},
    "vague": {Meaning.REFUSAL_VAGUE},
    "block_page": {Meaning.BLOCK_PAGE},
    "none": {None, Meaning.ERROR_PAGE},
}
LISTS = (
    "ooni_fingerprints_http.csv",
    "ooni_fingerprints_dns.csv",
    "cp_blockpage_signatures.json",
    "cp_false_positive_signatures.json",
)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> FingerprintSet:
    return FingerprintSet.load((), cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def with_lists(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> FingerprintSet:
    lists = [shared_dir / "access" / "fingerprints" / name for name in LISTS]
    return FingerprintSet.load(lists, cache_dir=tmp_path_factory.mktemp("cache"))


def meaning_of(fingerprints: FingerprintSet, page: Page) -> Meaning | None:
    leading = leading_match(fingerprints.match_response(page.status, page.headers, page.body))
    return None if leading is None else leading.meaning


def is_about_place(fingerprints: FingerprintSet, page: Page) -> bool:
    matches = fingerprints.match_response(page.status, page.headers, page.body)
    return any(match.meaning in PLACE for match in matches)


@pytest.mark.shared
@pytest.mark.parametrize("status", [None, 200, 403, 503])
def test_labelled_refusal_pages(
    shipped: FingerprintSet, shared_dir: Path, status: int | None
) -> None:
    """Acceptance 3: every geoblock is found, nothing else is called one, every check is a check."""
    wrong = []
    for page in labelled_refusals(shared_dir):
        served = Page(page.name, page.truth, status, page.headers, page.body)
        meaning = meaning_of(shipped, served)
        if is_about_place(shipped, served) != (page.truth == "geo"):
            wrong.append((page.name, page.truth, meaning))
        if page.truth == "geo" and meaning is not Meaning.GEO_EXPLICIT:
            wrong.append((page.name, page.truth, meaning))
        if page.truth == "bot" and meaning is not Meaning.BOT_CHALLENGE:
            wrong.append((page.name, page.truth, meaning))
    assert not wrong


@pytest.mark.shared
def test_labelled_blocks_of_addresses_are_on_the_bot_side(
    shipped: FingerprintSet, shared_dir: Path
) -> None:
    """One rate-limit page in three languages is longer than a refusal without a status may be."""
    bot_side = {Meaning.REPUTATION_BLOCK, Meaning.BOT_CHALLENGE}
    pages = [page for page in labelled_refusals(shared_dir) if page.truth == "reputation"]
    other = [page.name for page in pages if meaning_of(shipped, page) not in bot_side]
    assert len(pages) > 30
    assert len(other) <= 1


@pytest.mark.parametrize("name", ["holdout_pages.toml", "holdout_pages_2.toml"])
def test_holdout_pages(shipped: FingerprintSet, name: str) -> None:
    """The first tries' figures stand in docs/methods/fingerprints.md; this keeps what was won."""
    pages = holdout_pages(name)
    table = Counter((page.truth, meaning_of(shipped, page)) for page in pages)
    wrong = {pair: n for pair, n in table.items() if pair[1] not in ACCEPTED[pair[0]]}
    right = sum(table.values()) - sum(wrong.values())
    about_place = {"geo", "sanctions", "licence"}
    falsely = [
        page.name
        for page in pages
        if page.truth not in about_place and is_about_place(shipped, page)
    ]
    print(f"{name}: {right} of {len(pages)} right; {wrong or 'none wrong'}")
    assert not falsely
    assert right / len(pages) >= 0.97


@pytest.mark.shared
def test_agreement_with_imported_lists(with_lists: FingerprintSet, shared_dir: Path) -> None:
    """Acceptance 4. A block-page pattern speaks for a block page, a false-positive one against."""
    lists = PlainLists(shared_dir / "access" / "fingerprints")
    spoken = agreed = 0
    disagreed = []
    for page in anomalous_dns_pages(shared_dir):
        blocks, false_positives = lists.names(page)
        if not blocks and not false_positives:
            continue
        spoken += 1
        is_block_page = meaning_of(with_lists, page) is Meaning.BLOCK_PAGE
        if is_block_page == bool(blocks):
            agreed += 1
        else:
            disagreed.append((page.name, sorted(blocks)[:2], sorted(false_positives)[:2]))
    print(f"{agreed} of {spoken} pages agree; disagreed: {disagreed}")
    assert spoken > 100
    assert agreed / spoken >= 0.95


@pytest.mark.shared
def test_one_pass_finds_what_the_plain_way_finds(
    with_lists: FingerprintSet, shared_dir: Path
) -> None:
    """Save wording that names nobody, which is dropped where something surer is known."""
    lists = PlainLists(shared_dir / "access" / "fingerprints")
    for page in anomalous_dns_pages(shared_dir):
        blocks, false_positives = lists.names(page)
        matches = with_lists.match_response(page.status, page.headers, page.body)
        found = {match.id.partition("#")[0] for match in matches}
        missing = (blocks | false_positives) - found
        if missing:
            assert any(
                match.meaning is Meaning.FALSE_POSITIVE or match.provider for match in matches
            )
        for name in missing:
            assert with_lists.by_id[name].scope is Scope.UNKNOWN, (page.name, name)


@pytest.mark.shared
def test_no_error_page_of_an_edge_is_a_state_block_page(
    with_lists: FingerprintSet, shared_dir: Path
) -> None:
    """Error pages by Akamai, Fastly, Cloudflare and CloudFront, told by their headers."""
    edges = 0
    for page in anomalous_dns_pages(shared_dir):
        servers = " ".join(
            value.lower()
            for name, value in page.headers
            if name in ("server", "via", "x-served-by", "x-cache", "cf-ray")
        )
        is_edge = any(mark in servers for mark in ("akamai", "varnish", "cloudflare", "cloudfront"))
        if not is_edge or page.status is None or page.status < 400:
            continue
        edges += 1
        for match in with_lists.match_response(page.status, page.headers, page.body):
            is_named = match.scope in (Scope.STATE, Scope.ISP)
            assert not (match.meaning is Meaning.BLOCK_PAGE and is_named), (page.name, match.id)
    assert edges > 20


@pytest.mark.shared
@pytest.mark.parametrize("name", ["holdout_pages.toml", "holdout_pages_2.toml"])
def test_imported_lists_do_not_change_what_pages_are(
    with_lists: FingerprintSet, shipped: FingerprintSet, name: str
) -> None:
    for page in holdout_pages(name):
        alone, beside = meaning_of(shipped, page), meaning_of(with_lists, page)
        is_nothing = alone in (None, Meaning.ERROR_PAGE)
        assert beside is alone or (is_nothing and beside is Meaning.FALSE_POSITIVE), page.name


@pytest.mark.shared
def test_imported_lists_leave_the_labelled_refusals_alone(
    with_lists: FingerprintSet, shared_dir: Path
) -> None:
    for page in labelled_refusals(shared_dir):
        assert is_about_place(with_lists, page) == (page.truth == "geo"), page.name
        if page.truth == "bot":
            assert meaning_of(with_lists, page) is Meaning.BOT_CHALLENGE, page.name


@pytest.mark.shared
def test_wording_of_nobody_is_no_state(with_lists: FingerprintSet) -> None:
    """OONI's list holds these as national; a company's page may say just the same."""
    for text in (
        "<h1>Acceso Denegado</h1>",
        "<title>拒绝访问</title>",
        "<title>Access Denied</title>",
    ):
        for match in with_lists.match_response(403, (), text.encode()):
            assert match.scope is Scope.UNKNOWN, match.id


@pytest.mark.shared
def test_no_page_behind_an_anomalous_answer_is_a_geoblock(
    with_lists: FingerprintSet, shared_dir: Path
) -> None:
    named = [
        page.name for page in anomalous_dns_pages(shared_dir) if is_about_place(with_lists, page)
    ]
    assert not named
