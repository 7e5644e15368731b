"""The shipped targets cover what they must, and a broken row is refused by name."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.access.target_model import Catalog, ListingKind, names_above
from whocut.access.targets import LISTING_COLUMNS, TARGET_COLUMNS, TARGET_FILES, load_targets
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import ActorKind

ROW = "a.example,service,gaming,,unknown,,,,,own,,"
LISTING = "a.example,RU,refused,no-russia-hosts,2024-01-02,2024-03-04"


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_targets()


def write(place: Path, rows: list[str], listings: list[str]) -> Path:
    place.mkdir(exist_ok=True)
    for name in ("sources.toml", "groups.toml"):
        shutil.copy(shipped_path("targets", name), place / name)
    for name in TARGET_FILES:
        (place / name).write_text(",".join(TARGET_COLUMNS) + "\n", "utf-8")
    text = "\n".join([",".join(TARGET_COLUMNS), *rows]) + "\n"
    (place / "services.csv").write_text(text, "utf-8")
    text = "\n".join([",".join(LISTING_COLUMNS), *listings]) + "\n"
    (place / "listings.csv").write_text(text, "utf-8")
    return place


class TestShipped:
    def test_every_sector_of_the_statement_is_counted(self, shipped):
        counts = Counter(
            one.sector for one in shipped.targets if one.same_as is None and one.is_told_apart
        )
        named: dict[str, int] = {}
        for sector in shipped.sectors:
            if sector.statement:
                named[sector.statement] = named.get(sector.statement, 0) + counts[sector.id]
        assert set(named) == {
            *("domain registrars", "software platform developers", "gaming services"),
            *("cryptocurrency exchanges", "cloud service providers", "backbone providers"),
        }
        assert min(named.values()) >= 10, named

    def test_every_sector_of_the_ledger_has_targets(self, shipped):
        counts = Counter(one.sector for one in shipped.targets)
        assert all(counts[sector.id] >= 5 for sector in shipped.sectors if sector.ledger), counts

    @pytest.mark.shared
    def test_no_sector_of_the_ledger_is_forgotten(self, shipped, shared_dir):
        text = (shared_dir / "ledger" / "cuts.yaml").read_text("utf-8")
        theirs = {
            line.partition(":")[2].strip()
            for line in text.splitlines()
            if line.startswith("  sector:")
        }
        assert theirs == {sector.ledger for sector in shipped.sectors if sector.ledger}

    @pytest.mark.shared
    def test_every_record_that_is_named_is_in_the_ledger(self, shipped, shared_dir):
        text = (shared_dir / "ledger" / "cuts.yaml").read_text("utf-8")
        ids = {line[6:].strip() for line in text.splitlines() if line.startswith("- id:")}
        named = {
            source.removeprefix("ledger:")
            for one in (*shipped.targets, *shipped.listings)
            for source in (one.source, getattr(one, "operator_source", None) or "")
            if source.startswith("ledger:")
        }
        assert named
        assert named <= ids

    def test_state_media_of_every_side(self, shipped):
        countries = {one.country for one in shipped.targets if one.class_ == "state_media"}
        assert countries >= {"RU", "US", "CN", "IR", "CU", "UA", "TR"}

    def test_what_the_classes_are_for(self, shipped):
        classes = {one.domain: one.class_ for one in shipped.targets}
        for domain in ("meduza.io", "iranwire.com", "14ymedio.com"):
            assert classes[domain] == "independent_media"
        for domain in ("signal.org", "telegram.org", "whatsapp.com", "viber.com", "threema.ch"):
            assert classes[domain] == "messenger"
        for domain in ("rt.com", "voanews.com", "cgtn.com", "presstv.ir"):
            assert classes[domain] == "state_media"

    def test_days_come_from_sources_that_have_days(self, shipped):
        sources = {one.id: one for one in shipped.sources}
        for one in shipped.listings:
            source = sources[one.source.partition(":")[0]]
            has_days = source.id in ("ledger", "no-russia-hosts")
            assert has_days or (one.first_seen, one.removed) == (None, None), one
            if source.begins and one.first_seen:
                assert source.begins <= one.first_seen <= (source.as_of or date.max), one

    def test_nothing_is_said_of_an_operator_without_a_source(self, shipped):
        for one in shipped.targets:
            is_said = one.operator or one.country or one.actor_kind is not ActorKind.UNKNOWN
            assert not is_said or one.operator_source, one

    def test_own_knowledge_gives_no_day(self, shipped):
        assert not [one for one in shipped.listings if one.source == "own"]

    def test_hosts_are_few_and_known_as_such(self, shipped):
        hosts = [one for one in shipped.targets if not one.is_told_apart]
        assert 0 < len(hosts) < 30

    def test_listed_reaches_the_service_behind_a_host(self, shipped):
        assert "terraform.io" in shipped.listed("RU", ListingKind.REFUSED)
        assert "openai.com" in shipped.listed("RU", ListingKind.REFUSED)
        assert "meduza.io" in shipped.listed("RU", ListingKind.BLOCKED)


class TestBrokenRows:
    @pytest.mark.parametrize(
        ("rows", "field"),
        [
            ([ROW, ROW], "domain"),
            ([ROW.replace("a.example", "A.example")], "domain"),
            ([ROW.replace("a.example", "www.a.example")], "domain"),
            ([ROW.replace("a.example", "https://a.example")], "domain"),
            ([ROW.replace("a.example", "a.example.")], "domain"),
            ([ROW.replace("a.example", "192.0.2.1")], "domain"),
            ([ROW.replace("a.example", "бюро.example")], "domain"),
            ([ROW.replace("a.example", "example")], "domain"),
            ([ROW.replace("a.example", "")], "domain"),
            ([ROW.replace("a.example", " a.example")], "domain"),
            ([ROW.replace("service", "servce")], "class"),
            ([ROW.replace("gaming", "games")], "sector"),
            ([ROW.replace("unknown", "firm")], "actor_kind"),
            ([ROW.replace(",own,", ",owm,")], "source"),
            ([ROW.replace(",own,", ",ledger,")], "source"),
            ([ROW.replace(",own,", ",ledger:../x,")], "source"),
            ([ROW.replace(",own,", ",,")], "source"),
            (["a.example,service,gaming,Firm,unknown,,,,,own,,"], "operator_source"),
            (["a.example,service,gaming,,company,,,,,own,,"], "operator_source"),
            (["a.example,service,gaming,,unknown,,,,,own,own,"], "operator_source"),
            (["a.example,service,gaming,Firm,company,Russia,,,,own,own,"], "country"),
            (["a.example,service,gaming,Firm,company,EU,,,,own,own,"], "country"),
            (["a.example,service,gaming,Firm,company,,ru,,,own,own,"], "audience"),
            (["a.example,service,gaming,,unknown,,,b.example,,own,,"], "same_as"),
            (["a.example,service,gaming,,unknown,,,a.example,,own,,"], "same_as"),
            (["a.example,service,gaming,,unknown,,,,sick,own,,"], "healthy"),
            (["a.example,service,gaming"], "domain"),
            ([ROW + ",more"], "domain"),
            ([""], "domain"),
        ],
    )
    def test_names_file_record_and_field(self, tmp_path, rows, field):
        place = write(tmp_path / "targets", rows, [])
        with pytest.raises(DamagedDataError) as caught:
            load_targets(place)
        assert caught.value.field == field
        assert "services.csv: line " in str(caught.value)

    @pytest.mark.parametrize(
        ("listing", "field"),
        [
            (LISTING.replace("a.example", "b.example"), "domain"),
            (LISTING.replace("RU", "RUS"), "country"),
            (LISTING.replace("refused", "denied"), "kind"),
            (LISTING.replace("no-russia-hosts", "a-list"), "source"),
            (LISTING.replace("2024-01-02", "2024-02-30"), "first_seen"),
            (LISTING.replace("2024-01-02", "2024-1-2"), "first_seen"),
            (LISTING.replace("2024-01-02", "yesterday"), "first_seen"),
            (LISTING.replace("2024-03-04", "2023-03-04"), "removed"),
        ],
    )
    def test_listings_too(self, tmp_path, listing, field):
        place = write(tmp_path / "targets", [ROW], [listing])
        with pytest.raises(DamagedDataError) as caught:
            load_targets(place)
        assert caught.value.field == field
        assert "listings.csv: line 2 (" in str(caught.value)

    def test_a_listing_twice(self, tmp_path):
        place = write(tmp_path / "targets", [ROW], [LISTING, LISTING])
        with pytest.raises(DamagedDataError, match=r"line 3 \(a.example\): stands twice"):
            load_targets(place)

    def test_a_good_one_loads(self, tmp_path):
        found = load_targets(write(tmp_path / "targets", [ROW], [LISTING]))
        (listing,) = found.listings
        assert (listing.first_seen, listing.removed) == (date(2024, 1, 2), date(2024, 3, 4))

    @pytest.mark.parametrize("name", [*TARGET_FILES, "listings.csv", "sources.toml", "groups.toml"])
    @pytest.mark.parametrize(
        "content", [None, b"", b"\xff\xfe", b"a\0b", b'x = "\n', b'"', b"a,b\n"]
    )
    def test_every_file_is_needed_and_read_strictly(self, tmp_path, name, content):
        place = write(tmp_path / "targets", [ROW], [LISTING])
        if content is None:
            (place / name).unlink()
        else:
            (place / name).write_bytes(content)
        with pytest.raises(DamagedDataError, match=name):
            load_targets(place)

    def test_a_group_twice(self, tmp_path):
        place = write(tmp_path / "targets", [ROW], [])
        with (place / "groups.toml").open("a", encoding="utf-8") as stream:
            stream.write('[[sector]]\nid = "gaming"\nmeaning = "again"\n')
        with pytest.raises(DamagedDataError, match="gaming stands twice"):
            load_targets(place)

    @given(st.binary(max_size=300))
    def test_bytes_load_or_are_refused(self, tmp_path_factory, content):
        place = write(tmp_path_factory.getbasetemp() / "any", [ROW], [])
        (place / "services.csv").write_bytes(content)
        with pytest.raises(DamagedDataError, match=r"services\.csv"):
            load_targets(place)

    @given(
        st.lists(st.sampled_from([*ROW.split(","), "RU", '"', "a.b", "ledger:x"]), max_size=14),
        st.lists(st.sampled_from([*LISTING.split(","), "", "é"]), max_size=8),
    )
    def test_any_cells_load_or_are_refused(self, tmp_path_factory, row, listing):
        place = write(tmp_path_factory.getbasetemp() / "some", [",".join(row)], [",".join(listing)])
        try:
            found = load_targets(place)
        except DamagedDataError as error:
            assert str(place) in str(error)
        else:
            assert len(found.targets) == len(found.listings) == 1


def test_names_above():
    assert list(names_above("a.b.example")) == ["a.b.example", "b.example", "example"]
