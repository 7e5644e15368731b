"""Downloads of topology, tables and updates, against a real server on loopback."""

import bz2
import gzip
import hashlib
from datetime import UTC, date, datetime

import pytest

from tests.web_folder import web_folder
from whocut.ingest.mrt.archive_downloads import ArchiveEndpoints, plan_ribs, plan_updates
from whocut.ingest.topology import find_topology, read_relationships
from whocut.ingest.topology.topology_downloads import months_between, plan_topology
from whocut.model.errors import FetchError, UsageError
from whocut.reference.web_files import fetch_files, missing_size

LINKS = "174|12389|-1\n" + "".join(f"174|{n}|-1\n" for n in range(70000, 72000))


@pytest.fixture
def caida(tmp_path):
    root = tmp_path / "public"
    for serial, ending in ((1, "as-rel"), (2, "as-rel2")):
        folder = root / f"as-relationships/serial-{serial}"
        folder.mkdir(parents=True)
        for month in ("202202", "202203", "202205"):
            (folder / f"{month}01.{ending}.txt.bz2").write_bytes(bz2.compress(LINKS.encode()))
        (folder / "20220201.ppdc-ases.txt.bz2").write_bytes(b"not asked for")
    folder = root / "as-organizations"
    folder.mkdir()
    for day in ("20220101", "20220401"):
        (folder / f"{day}.as-org2info.txt.gz").write_bytes(gzip.compress(day.encode()))
    folder = root / "routing/routeviews-prefix2as/2022/05"
    folder.mkdir(parents=True)
    data = gzip.compress(b"1.0.0.0\t24\t1\n")
    (folder / "routeviews-rv2-20220501-1200.pfx2as.gz").write_bytes(data)
    with web_folder(root) as served:
        yield served, root


class TestTopology:
    def test_the_plan_names_what_is_there_and_what_is_not(self, caida):
        served, _ = caida
        plan = plan_topology(months_between("2022-02..2022-05"), endpoint=served.address + "/")
        assert [file.path for file in plan.files] == [
            "20220201.as-rel.txt.bz2",
            "20220301.as-rel.txt.bz2",
            "20220501.as-rel.txt.bz2",
            "20220201.as-rel2.txt.bz2",
            "20220301.as-rel2.txt.bz2",
            "20220501.as-rel2.txt.bz2",
            "20220101.as-org2info.txt.gz",
            "20220401.as-org2info.txt.gz",
            "routeviews-rv2-20220501-1200.pfx2as.gz",
        ]
        assert plan.missing == ("serial-1 of 2022-04", "serial-2 of 2022-04")
        assert plan.size_bytes == sum(file.size_bytes for file in plan.files) > 0
        assert served.downloads() == []

    def test_only_what_is_asked_for(self, caida):
        served, _ = caida
        plan = plan_topology([date(2022, 2, 1)], kinds=["serial-2"], endpoint=served.address)
        assert [file.path for file in plan.files] == ["20220201.as-rel2.txt.bz2"]

    def test_what_came_is_found_by_month_and_read(self, caida, tmp_path):
        served, _ = caida
        plan = plan_topology(months_between("2022-02..2022-03"), endpoint=served.address)
        held: list[int] = []
        fetch_files(plan.files, tmp_path / "cache", report=held.append)
        assert held == sorted(held)
        assert held[-1] == plan.size_bytes
        local = find_topology(tmp_path / "cache")
        assert local.months(2) == (date(2022, 2, 1), date(2022, 3, 1))
        assert len(read_relationships(local.links_of(date(2022, 3, 9), 1)).provider) == 2001
        assert local.organisations_at(date(2022, 3, 1)).name == "20220101.as-org2info.txt.gz"
        assert plan.missing[0].startswith("prefixes up to 2022-03-01")
        with pytest.raises(UsageError, match="whocut fetch topology --month 2022-04"):
            local.links_of(date(2022, 4, 1), 2)

    def test_what_is_at_hand_is_kept(self, caida, tmp_path):
        served, _ = caida
        plan = plan_topology([date(2022, 2, 1)], endpoint=served.address)
        assert missing_size(plan.files, tmp_path / "cache") == plan.size_bytes
        paths = fetch_files(plan.files, tmp_path / "cache")
        served.asked.clear()
        assert fetch_files(plan.files, tmp_path / "cache") == paths
        assert served.asked == []
        assert missing_size(plan.files, tmp_path / "cache") == 0

    def test_what_broke_off_goes_on_where_it_stopped(self, caida, tmp_path):
        served, root = caida
        big = root / "as-relationships/serial-1/20220201.as-rel.txt.bz2"
        noise = hashlib.shake_256(b"seed").hexdigest(200_000).encode()
        big.write_bytes(bz2.compress(b"# " + noise + b"\n174|12389|-1\n"))
        plan = plan_topology([date(2022, 2, 1)], kinds=["serial-1"], endpoint=served.address)
        served.breaks = 3
        with pytest.raises(FetchError, match=r"20220201\.as-rel"):
            fetch_files(plan.files, tmp_path / "cache")
        (part,) = (tmp_path / "cache").glob("*.part")
        held = part.stat().st_size
        assert 0 < held < plan.size_bytes
        assert missing_size(plan.files, tmp_path / "cache") == plan.size_bytes - held
        served.asked.clear()
        (path,) = fetch_files(plan.files, tmp_path / "cache")
        assert served.downloads() == [
            ("20220201.as-rel.txt.bz2", f"bytes={held}-{plan.size_bytes - 1}")
        ]
        assert path.read_bytes() == big.read_bytes()

    def test_a_checksum_is_asked_for_where_the_folder_gives_one(self, caida, tmp_path):
        served, root = caida
        path = root / "as-relationships/serial-1/20220201.as-rel.txt.bz2"
        digest = hashlib.md5(path.read_bytes()).hexdigest()
        path.with_name(f"{path.name}.md5").write_text(f"{digest}  {path.name}\n")
        plan = plan_topology([date(2022, 2, 1)], kinds=["serial-1"], endpoint=served.address)
        assert plan.files[0].checksum == f"md5:{digest}"
        fetch_files(plan.files, tmp_path / "good")
        path.with_name(f"{path.name}.md5").write_text("0" * 32)
        plan = plan_topology([date(2022, 2, 1)], kinds=["serial-1"], endpoint=served.address)
        with pytest.raises(FetchError, match=f"its md5 is {digest}"):
            fetch_files(plan.files, tmp_path / "bad")
        assert not list((tmp_path / "bad").iterdir())

    def test_what_does_not_unpack_is_not_kept(self, caida, tmp_path):
        served, root = caida
        path = root / "as-relationships/serial-1/20220201.as-rel.txt.bz2"
        path.write_bytes(path.read_bytes()[:-8] + b"damaged.")
        plan = plan_topology([date(2022, 2, 1)], kinds=["serial-1"], endpoint=served.address)
        with pytest.raises(FetchError):
            fetch_files(plan.files, tmp_path / "cache")
        assert not list((tmp_path / "cache").iterdir())

    def test_nothing_there_is_an_error_with_what_is_missing(self, caida):
        served, _ = caida
        with pytest.raises(FetchError, match="serial-1 of 1990-01"):
            plan_topology([date(1990, 1, 1)], kinds=["serial-1"], endpoint=served.address)
        with pytest.raises(UsageError, match="not one of"):
            plan_topology([date(2022, 2, 1)], kinds=["serial-3"], endpoint=served.address)
        with pytest.raises(UsageError, match="http"):
            plan_topology([date(2022, 2, 1)], endpoint="ftp://127.0.0.1")


class TestMonths:
    def test_one_or_several(self):
        assert months_between("2022-02") == (date(2022, 2, 1),)
        assert months_between("2021-11..2022-01") == (
            date(2021, 11, 1),
            date(2021, 12, 1),
            date(2022, 1, 1),
        )

    @pytest.mark.parametrize(
        "text", ["", "2022", "2022-13", "2022-02..", "2022-03..2022-02", "0001-01..9999-12"]
    )
    def test_that_are_none(self, text):
        with pytest.raises(UsageError, match="--month"):
            months_between(text)


@pytest.fixture
def archives(tmp_path):
    root = tmp_path / "archives"
    for folder, names in {
        "rrc00/2022.02": ("bview.20220228.1600.gz", "updates.20220228.2355.gz"),
        "rrc00/2022.03": (
            "bview.20220304.0800.gz",
            "bview.20220304.1600.gz",
            "updates.20220301.0000.gz",
            "updates.20220304.1655.gz",
            "updates.20220304.1700.gz",
            "updates.20220304.1705.gz",
        ),
        "bgpdata/2022.03/RIBS": ("rib.20220304.1400.bz2", "rib.20220304.1600.bz2"),
        "bgpdata/2022.03/UPDATES": ("updates.20220304.1645.bz2", "updates.20220304.1700.bz2"),
        "route-views.linx/bgpdata/2022.03/RIBS": ("rib.20220304.1600.bz2",),
    }.items():
        (root / folder).mkdir(parents=True)
        for name in names:
            pack = gzip.compress if name.endswith(".gz") else bz2.compress
            (root / folder / name).write_bytes(pack(name.encode()))
    with web_folder(root) as served:
        yield served, ArchiveEndpoints(served.address, served.address)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestArchives:
    def test_the_newest_table_up_to_a_moment(self, archives, tmp_path):
        _, endpoints = archives
        names = ["rrc00", "route-views2", "route-views.linx", "rrc00"]
        plan = plan_ribs(names, utc("2022-03-04T16:30"), endpoints=endpoints)
        assert [file.path for file in plan.files] == [
            "rrc00/bview.20220304.1600.gz",
            "route-views2/rib.20220304.1600.bz2",
            "route-views.linx/rib.20220304.1600.bz2",
        ]
        for path in fetch_files(plan.files, tmp_path / "routing"):
            unpack = gzip.decompress if path.suffix == ".gz" else bz2.decompress
            assert unpack(path.read_bytes()).decode() == path.name

    def test_the_month_before_serves_where_a_month_has_none_yet(self, archives):
        _, endpoints = archives
        names = ["rrc00", "route-views2"]
        plan = plan_ribs(names, utc("2022-03-01T01:00"), endpoints=endpoints)
        assert [file.path for file in plan.files] == ["rrc00/bview.20220228.1600.gz"]
        assert plan.missing == ("route-views2: no table up to 2022-03-01 01:00",)

    def test_updates_from_the_file_that_is_open_at_the_start(self, archives):
        _, endpoints = archives
        plan = plan_updates(
            ["rrc00", "route-views2"],
            utc("2022-03-04T16:58"),
            utc("2022-03-04T17:05"),
            endpoints=endpoints,
        )
        assert [file.path for file in plan.files] == [
            "rrc00/updates.20220304.1655.gz",
            "rrc00/updates.20220304.1700.gz",
            "route-views2/updates.20220304.1645.bz2",
            "route-views2/updates.20220304.1700.bz2",
        ]

    def test_updates_over_the_turn_of_a_month(self, archives):
        _, endpoints = archives
        plan = plan_updates(
            ["rrc00"], utc("2022-02-28T23:58"), utc("2022-03-01T00:05"), endpoints=endpoints
        )
        assert [file.path for file in plan.files] == [
            "rrc00/updates.20220228.2355.gz",
            "rrc00/updates.20220301.0000.gz",
        ]

    def test_a_file_of_before_a_gap_holds_nothing_of_the_span(self, archives):
        _, endpoints = archives
        with pytest.raises(FetchError, match="rrc00: no updates from 2022-03-10 10:00"):
            plan_updates(
                ["rrc00"], utc("2022-03-10T10:00"), utc("2022-03-10T11:00"), endpoints=endpoints
            )

    def test_what_cannot_be_asked(self, archives):
        _, endpoints = archives
        moment = utc("2022-03-04T16:00")
        for names in ([], ["../rrc00"], ["RRC00"], ["a/b"]):
            with pytest.raises(UsageError, match="collector"):
                plan_ribs(names, moment, endpoints=endpoints)
        with pytest.raises(UsageError, match="no time lies"):
            plan_updates(["rrc00"], moment, moment, endpoints=endpoints)
        with pytest.raises(UsageError, match="more than 31 days"):
            plan_updates(["rrc00"], moment, utc("2022-05-01"), endpoints=endpoints)
        with pytest.raises(FetchError, match="rrc99: no table"):
            plan_ribs(["rrc99"], moment, endpoints=endpoints)
