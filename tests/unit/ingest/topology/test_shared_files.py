"""The real files beside the checkout: they read whole, and their figures are the published ones."""

from datetime import date

import pytest

from whocut.ingest.topology import (
    address_weights,
    find_topology,
    read_country_origins,
    read_organisations,
    read_prefix_origins,
    read_relationships,
    straddle_warning,
)
from whocut.routes.relationships import collector_warning, compare_collectors, consensus

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def routes(shared_dir):
    return shared_dir / "routes"


def links(routes, month, serial=2):
    return read_relationships(find_topology(routes / "as-rel").links_of(month, serial))


def test_serial_2_of_march_2022(routes):
    found = links(routes, date(2022, 3, 1))
    assert (len(found.provider), len(found.peer_a)) == (147_952, 354_350)
    ends = (found.provider, found.customer, found.peer_a, found.peer_b)
    assert len({asn for end in ends for asn in end.tolist()}) == 73_755
    assert (len(found.clique), len(found.exchanges), len(found.collectors)) == (19, 28, 41)
    assert "straddle 2022-03-04" in (straddle_warning(found, date(2022, 3, 4)) or "")


def test_the_customers_of_cogent_and_lumen_in_russia(routes):
    organisations = read_organisations(routes / "as2org/20220401.as-org2info.txt.gz")
    russian = set(organisations.of_country("RU").tolist())
    assert (len(organisations.asn), len(russian)) == (109_912, 5_933)
    counts = {}
    for month in (2, 3, 4, 6):
        found = links(routes, date(2022, month, 1), serial=1)
        for backbone in (174, 3356):
            customers = set(found.customer[found.provider == backbone].tolist())
            counts[backbone, month] = len(customers & russian)
    # Within one of FACTS.md, which took another list of Russian ASes.
    asked = [(backbone, month) for backbone in (174, 3356) for month in (2, 3, 4, 6)]
    expected = dict(zip(asked, (20, 19, 12, 13, 24, 25, 14, 14), strict=True))
    assert all(abs(counts[key] - expected[key]) <= 1 for key in expected), counts


def test_three_months_agree_on_fewer_links_than_any_holds(routes):
    days = (date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1))
    months = [links(routes, day) for day in days]
    agreed = consensus(months)
    assert (len(agreed.provider), len(agreed.peer_a)) == (139_365, 295_910)
    most = consensus(months, is_strict=False)
    assert len(agreed.provider) < len(most.provider) < max(len(each.provider) for each in months)


def test_the_fall_of_peers_in_may_2022_is_told_as_the_watchers(routes):
    change = compare_collectors(links(routes, date(2022, 4, 1)), links(routes, date(2022, 5, 1)))
    assert change.is_same
    assert collector_warning(change) == "links between peers -12%, links to customers +0.0%"


def test_every_file_of_links_reads(routes):
    local = find_topology(routes / "as-rel")
    assert len(local.links) == 34
    for (serial, month), path in sorted(local.links.items())[::6]:
        found = read_relationships(path)
        assert (found.serial, found.day) == (serial, month)
        assert found.tally.contradicted == found.tally.unread_sources == 0


def test_addresses_sum_to_what_is_announced(routes):
    found = read_prefix_origins(routes / "pfx2as/ipasn_20140513.dat.gz")
    covered = end = 0
    for start, length in zip(found.start.tolist(), found.length.tolist(), strict=True):
        last = start + 2 ** (32 - length)
        covered += max(0, last - max(start, end))
        end = max(end, last)
    assert address_weights(found).addresses.sum() == covered == 2_681_630_251


def test_every_country_of_the_published_origins_reads(routes):
    read = [read_country_origins(path) for path in sorted((routes / "cti/origin").glob("*.csv"))]
    assert len(read) == 196
    assert all(0.99 < sum(each.share) < 1.01 for each in read)
