"""``whocut evaluate``: labels in every layout, judged here or looked up, and what it tells."""

import json

import pytest

from tests.unit.cli.measuring import GEOBLOCK, record
from tests.unit.store.building import judgement, put
from whocut.cli.app import main
from whocut.store.observatory import Observatory


def write(path, *records):
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return str(path)


def evaluate(capsys, *arguments):
    code = main(["evaluate", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_measurements_are_judged_here(tmp_path, capsys):
    served = record(1)
    path = write(
        tmp_path / "x.jsonl",
        {"measurement": record(0, status=403), "label": {"outcome": "refused", "layer": "http"}},
        {"raw": served, "label": "refused"},
        {"measurement": {"test_keys": None}, "label": "served"},
    )
    code, out, _ = evaluate(capsys, path, "--json")
    result = json.loads(out)["score"]
    assert code == 0
    assert result["n"] == 3
    assert result["confusion"]["refused"]["refused"] == 1
    assert result["confusion"]["served"] == {"unread": 1}


def test_a_false_accusation_is_listed(tmp_path, capsys):
    path = write(tmp_path / "x.jsonl", {"measurement": record(0, status=403), "label": "bot_check"})
    code, out, _ = evaluate(capsys, path)
    assert code == 0
    assert "False accusations: 1" in out
    assert "said refused, where the label says bot_check" in out


def test_pages(tmp_path, capsys):
    path = write(
        tmp_path / "pages.jsonl",
        {"text": GEOBLOCK, "status": 403, "label": "geoblock", "id": "a"},
        {
            "body": "<html>Welcome to our shop of garden tools</html>",
            "status": 200,
            "label": "none",
        },
    )
    code, out, _ = evaluate(capsys, path, "--format", "jsonl")
    assert code == 0
    assert [json.loads(line)["said"] for line in out.splitlines()] == ["geoblock", "none"]


@pytest.mark.parametrize("layout", ["ooni", "csv"])
def test_labels_are_joined_with_what_is_at_hand(tmp_path, capsys, layout):
    place = tmp_path / "observatory"
    put(Observatory(place), a=[judgement(n) for n in range(2)])
    labels = [("uid-000000", "blocked"), ("uid-000001", "ok"), ("20260701_RU_x", "ok")]
    if layout == "ooni":
        path = tmp_path / "labels.json"
        records = [
            {"measurement_uid": uid, "label": label, "mechanisms": [], "superseded_by": None}
            for uid, label in labels
        ]
        path.write_text(json.dumps({"labels": records}))
    else:
        path = tmp_path / "labels.csv"
        path.write_text("measurement_uid,label\n" + "".join(f"{u},{w}\n" for u, w in labels))
    code, out, err = evaluate(capsys, str(path), "--observatory", str(place), "--json")
    result = json.loads(out)
    assert code == 0
    assert result["not_at_hand"] == 1
    assert "1 of 3 labelled measurements are not at hand" in err
    assert "20260701_RU_x" in err
    assert result["score"]["confusion"] == {"blocked": {"blocked": 1}, "ok": {"blocked": 1}}
    (accusation,) = result["score"]["false_accusations"]
    assert accusation["id"] == "uid-000001"


def test_labels_in_a_file_of_their_own(tmp_path, capsys):
    one = record(0, status=403)
    path = write(tmp_path / "x.jsonl", {"raw": one, "measurement_uid": one["measurement_uid"]})
    labels = tmp_path / "labels.csv"
    labels.write_text(f"measurement_uid,label\n{one['measurement_uid']},blocked\n")
    code, out, _ = evaluate(capsys, path, "--labels", str(labels), "--json")
    assert code == 0
    assert json.loads(out)["score"]["n_right"] == 1


def test_what_cannot_be_read_is_named(tmp_path, capsys):
    assert evaluate(capsys, str(tmp_path / "none.jsonl"))[0] == 1
    (tmp_path / "bad.jsonl").write_text("{")
    code, _, err = evaluate(capsys, str(tmp_path / "bad.jsonl"))
    assert code == 1
    assert "bad.jsonl: line 1" in err


def test_the_lab_has_a_command_line_of_its_own(capsys):
    assert main(["lab", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 16
