"""Dated stores: which is in force, what damage says, and one real download."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.unit.reference.authority import ROOT, issue, pem, trusting, write_stores
from whocut.model.errors import DamagedDataError, InputError
from whocut.reference.root_downloads import fetch_roots, list_releases
from whocut.reference.roots import RootStores, read_manifest, read_pem


@pytest.fixture(scope="module")
def certificates():
    return [issue(replace(ROOT, name=f"Root {n}", number=n)) for n in range(3)]


@pytest.fixture
def folder(tmp_path, certificates):
    write_stores(
        tmp_path,
        {
            "2020-06-20": certificates[:1],
            "2022-12-07": certificates[:2],
            "2024-02-02": certificates,
        },
    )
    return tmp_path


@pytest.mark.parametrize(
    ("day", "store", "is_dated"),
    [
        (date(2019, 1, 1), date(2020, 6, 20), False),
        (date(2020, 6, 19), date(2020, 6, 20), False),
        (date(2020, 6, 20), date(2020, 6, 20), True),
        (date(2022, 12, 6), date(2020, 6, 20), True),
        (date(2022, 12, 7), date(2022, 12, 7), True),
        (date(2030, 1, 1), date(2024, 2, 2), True),
    ],
)
def test_the_store_in_force_is_the_newest_that_is_not_later(folder, day, store, is_dated):
    found = RootStores.load(folder).at(day)
    assert (found.day, found.is_dated) == (store, is_dated)


def test_days_and_when_a_root_was_trusted(folder, certificates):
    roots = RootStores.load(folder)
    assert roots.days == (date(2020, 6, 20), date(2022, 12, 7), date(2024, 2, 2))
    assert roots.days_with(certificates[1].subject.public_bytes()) == roots.days[1:]


def test_extra_roots_are_in_every_store(folder, tmp_path, certificates):
    extra = tmp_path / "lab.pem"
    extra.write_bytes(pem(issue(replace(ROOT, name="Lab"))))
    with_extra = RootStores.load(folder, [extra])
    assert [len(with_extra.at(day)) for day in with_extra.days] == [2, 3, 4]
    assert with_extra.digest != RootStores.load(folder).digest


def test_a_changed_store_is_refused(folder):
    (folder / "2020-06-20.pem").write_bytes(b"")
    with pytest.raises(DamagedDataError, match=r"2020-06-20\.pem.*whocut fetch roots"):
        RootStores.load(folder).at(date(2021, 1, 1))


def test_a_broken_manifest_is_refused(folder):
    (folder / "manifest.json").write_text('[{"day": "yesterday"}]')
    with pytest.raises(DamagedDataError, match=r"manifest\.json"):
        RootStores.load(folder)


def test_extra_files_that_are_no_pem_are_refused(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"nothing")
    with pytest.raises(InputError, match="holds no certificate"):
        read_pem(empty)
    with pytest.raises(InputError, match="cannot be read"):
        read_pem(tmp_path / "absent.pem")
    empty.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(InputError, match="certificate 1 is damaged"):
        read_pem(empty)


def test_the_machines_own_bundle_is_undated():
    roots = RootStores.load(None)
    store = roots.at(date(2024, 1, 1))
    assert store.day is None
    assert not store.is_dated
    assert bool(len(store)) == bool(store.source)


def test_no_roots_at_all_is_a_store_without_roots():
    assert len(RootStores().at(datetime.now(UTC).date())) == 0
    assert len(trusting(issue(ROOT)).at(date(2024, 1, 1))) == 1


def test_the_locked_releases_span_the_years_of_the_data():
    releases = list_releases()
    days = [release.day for release in releases]
    assert days == sorted(days)
    assert days[0] == date(2017, 4, 17)
    assert {day.year for day in days} >= set(range(2017, 2027))
    for release in releases:
        text = release.requirement.read_text("ascii")
        assert text.startswith(f"certifi=={release.release} ")
        assert "--hash=sha256:" in text
        assert "://" not in text
        # The version is the day of release, with or without a count.
        parts = [int(part) for part in release.release.split(".")[:3]]
        assert date(*parts) == release.day


def _require_registry(failed: tuple[tuple[date, str], ...]) -> None:
    if not failed:
        return
    reason = f"no package registry answers: {failed[0][1]}"
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    releases = [release for release in list_releases() if release.day == date(2023, 5, 7)]
    done = fetch_roots(cache, releases=releases)
    _require_registry(done.failed)
    return cache, releases, done


def test_one_real_download(fetched):
    cache, _, done = fetched
    assert done.fetched == (date(2023, 5, 7),)
    roots = RootStores.load(cache / "roots")
    store = roots.at(date(2023, 6, 1))
    assert (store.day, store.source) == (date(2023, 5, 7), "certifi 2023.5.7")
    assert len(store) > 120
    (entry,) = read_manifest(cache / "roots" / "manifest.json")
    assert entry.certificates == len(store)


def test_what_is_at_hand_is_kept_and_damage_is_mended(fetched):
    cache, releases, _ = fetched
    again = fetch_roots(cache, releases=releases)
    assert (again.fetched, again.kept) == ((), (date(2023, 5, 7),))
    path = cache / "roots" / "2023-05-07.pem"
    whole = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes()[:-100])
    mended = fetch_roots(cache, releases=releases)
    _require_registry(mended.failed)
    assert mended.fetched == (date(2023, 5, 7),)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == whole


def test_a_wrong_hash_is_refused_and_named(fetched, tmp_path):
    _, (release,), _ = fetched
    forged = tmp_path / "2023-05-07.txt"
    forged.write_text(f"certifi=={release.release} --hash=sha256:{'0' * 64}\n")
    done = fetch_roots(tmp_path, releases=[type(release)(release.day, release.release, forged)])
    assert done.fetched == ()
    ((day, reason),) = done.failed
    assert day == release.day
    assert reason.startswith("the package client failed")
    assert not (tmp_path / "roots" / "2023-05-07.pem").exists()


def test_uv_serves_where_there_is_no_pip(fetched, tmp_path, monkeypatch):
    import shutil
    import sys

    from whocut.reference import root_downloads

    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip("no uv on this machine")
    _, releases, _ = fetched
    real = root_downloads.importlib.util.find_spec
    monkeypatch.setattr(
        root_downloads.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "pip" else real(name, *rest),
    )
    done = fetch_roots(tmp_path, releases=releases)
    _require_registry(done.failed)
    assert done.fetched == (date(2023, 5, 7),)
