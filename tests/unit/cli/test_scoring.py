"""Scores are those one gets by hand."""

import json

import pytest

from whocut.cli.labelled import read_labelled
from whocut.cli.scoring import Comparison, score
from whocut.model.errors import InputError


def test_ancestors_count():
    result = score(
        [
            Comparison(
                "1",
                {"outcome": "interfered", "mechanism": "dns.injection.bogon"},
                {"outcome": "interfered", "mechanism": "dns.injection"},
            ),
            Comparison("2", {"outcome": "served"}, {"outcome": "refused", "layer": "http"}),
        ]
    )
    # Shared: interfered, dns, dns.injection. Said: those and refused. True: those, bogon, served.
    assert result.precision == pytest.approx(3 / 4)
    assert result.recall == pytest.approx(3 / 5)
    assert result.confusion == {"interfered": {"interfered": 1}, "served": {"refused": 1}}
    assert result.n_right == 1


@pytest.mark.parametrize(
    ("truth", "said", "is_accusation"),
    [
        ({"outcome": "served"}, {"outcome": "refused"}, True),
        ({"outcome": "target_down"}, {"outcome": "cut_unattributed"}, True),
        ({"outcome": "interfered"}, {"outcome": "refused"}, True),
        ({"outcome": "refused"}, {"outcome": "interfered"}, True),
        ({"outcome": "refused"}, {"outcome": "cut_unattributed"}, False),
        ({"outcome": "interfered"}, {"outcome": "served"}, False),
        ({"outcome": "interfered", "locus": "border"}, {"outcome": "interfered"}, False),
        (
            {"outcome": "interfered", "locus": "border"},
            {"outcome": "interfered", "locus": "resolver"},
            True,
        ),
        ({"outcome": "ok"}, {"outcome": "blocked"}, True),
        ({"class": "other"}, {"class": "geoblock"}, True),
        ({"class": "block_page"}, {"class": "geoblock"}, True),
    ],
)
def test_false_accusations(truth, said, is_accusation):
    assert bool(score([Comparison("x", truth, said)]).false_accusations) == is_accusation


def test_no_label_no_score():
    result = score([])
    assert (result.n, result.precision, result.recall) == (0, None, None)


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_layouts_of_labels(tmp_path):
    path = write(
        tmp_path / "x.jsonl",
        {"measurement": {"a": 1}, "label": {"outcome": "refused", "layer": "http"}},
        {"raw": {"a": 1}, "label": "interfered", "measurement_uid": "u1"},
        {"text": "no", "status": 403, "headers": {"Server": "x"}, "label": "geoblock", "id": 7},
        {"text": "no", "type": "block", "why": "geoblock"},
        {"text": "no", "type": "checking", "why": ""},
        {"measurement_uid": "u2", "label": {"label": "blocked", "mechanisms": ["dns"]}},
    )
    found = list(read_labelled(path))
    assert [one.label for one in found] == [
        {"outcome": "refused", "layer": "http"},
        {"outcome": "interfered"},
        {"class": "geoblock"},
        {"class": "geoblock"},
        {"class": "bot_check"},
        {"outcome": "blocked", "mechanism": "dns"},
    ]
    assert found[1].measurement == b'{"a": 1}'
    assert found[2].page.headers == (("server", "x"),)
    assert found[2].id == "7"
    assert found[5].is_in_ooni_words


def test_oonis_label_records(tmp_path):
    path = tmp_path / "labels.json"
    labels = [
        {"measurement_uid": "u1", "label": "ok", "superseded_by": "later", "mechanisms": []},
        {"measurement_uid": "u1", "label": "blocked", "mechanisms": ["dns.nxdomain"]},
        {"measurement_uid": "u2", "label": "unadjudicated", "mechanisms": []},
    ]
    path.write_text(json.dumps({"labels": labels}))
    (only,) = read_labelled(path)
    assert (only.id, only.label) == ("u1", {"outcome": "blocked", "mechanism": "dns.nxdomain"})


def test_labels_in_csv(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("measurement_uid,status,outcome\nu1,blocked,blocked\nu2,ok,ok\n")
    assert [(one.id, one.label["outcome"]) for one in read_labelled(path)] == [
        ("u1", "blocked"),
        ("u2", "ok"),
    ]
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="measurement_uid"):
        list(read_labelled(path))


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a"}\n{"text": \n')
    with pytest.raises(InputError, match="line 2"):
        list(read_labelled(path))
