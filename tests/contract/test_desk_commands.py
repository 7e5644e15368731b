"""whocut desk: the keepers' side, with hostile words as the normal case."""

import io
import json
import shutil
import socketserver
import stat
import threading

import dns.flags
import dns.message
import dns.rrset
import pytest

from tests.unit.publish.desk.filling import KEY, TODAY, a_report, an_id, put
from whocut.cli.app import main
from whocut.ledger.document import read_document
from whocut.ledger.load import convert
from whocut.ledger.record import Reply
from whocut.publish.desk.form import Correction, PartyReply
from whocut.publish.desk.keys import load_public, make_keys
from whocut.publish.desk.queue import find_sealed
from whocut.publish.desk.sealing import seal

HOSTILE = "\x1b[2J\x1b]0;owned\x07\u202etxt.exe\u2066\x9b31m\x00"
TOKEN = "whocut-reply-" + "k" * 32


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A keeper's folder: keys, and a queue that is filled with ``desk.put``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    make_keys(tmp_path)
    return Keeper(tmp_path)


class Keeper:
    def __init__(self, place):
        self.place = place
        self.public = load_public(place / "desk.pub")
        self._n = 0

    def put(self, body) -> str:
        (self.place / "desk").mkdir(exist_ok=True)
        self._n += 1
        id_ = f"{self._n:04x}{'0' * 28}"
        (self.place / "desk" / f"{id_}.sealed").write_bytes(seal(body, self.public))
        return id_


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = main(["desk", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def answered(capsys, *arguments):
    code, out, _ = run(capsys, *arguments, "--json")
    return code, json.loads(out)


def a_reply(**changes) -> PartyReply:
    told = {
        "about": "2022-03-cogent-ru",
        "party": "Cogent",
        "domain": "cogentco.com",
        "text": "We ended service of these customers.\nSecond line: 'quoted', # no comment",
        "token": TOKEN,
        "received": TODAY,
    }
    return PartyReply(**{**told, **changes})


def test_keys_are_made_where_they_are_asked_for_and_the_secret_is_its_owners(capsys, tmp_path):
    code, out, _ = run(capsys, "keys", "--to", str(tmp_path / "k"), "--no-passphrase")
    assert code == 0
    assert stat.S_IMODE((tmp_path / "k" / "desk.key").stat().st_mode) == 0o600
    assert "whoever has the file" in out
    code, _, err = run(capsys, "keys", "--to", str(tmp_path / "k"), "--no-passphrase")
    assert code == 2
    assert "is there already" in err


def test_a_passphrase_is_asked_twice_and_once_to_open(capsys, tmp_path, monkeypatch):
    phrase = "correct horse battery staple"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{phrase}\n{phrase}\n"))
    to = tmp_path / "k"
    code, _, _ = run(capsys, "keys", "--to", str(to), "--strength", "interactive")
    assert code == 0
    (tmp_path / "desk").mkdir()
    body = a_report("a")
    sealed = seal(body, load_public(to / "desk.pub"))
    (tmp_path / "desk" / f"{an_id(1)}.sealed").write_bytes(sealed)
    common = ("--queue", str(tmp_path / "desk"), "--key", str(to / "desk.key"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{phrase}\n"))
    assert "GitHub" in run(capsys, "list", *common)[1]
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    code, _, err = run(capsys, "list", *common)
    assert code == 1
    assert "does not open it" in err


@pytest.mark.parametrize(
    "given", ["short\nshort\n", "long enough for it\nnot the same at all\n", ""]
)
def test_a_weak_or_mistyped_passphrase_makes_no_key(capsys, tmp_path, monkeypatch, given):
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    assert run(capsys, "keys", "--to", str(tmp_path / "k"))[0] == 2
    assert not (tmp_path / "k").exists()


def test_the_list_shows_what_is_open_and_what_cannot_be_opened(capsys, desk):
    one = desk.put(a_report("a", service="GitHub"))
    put(desk.place / "desk", 0xFFFF, a_report("b"), KEY)
    code, out, err = run(capsys, "list")
    assert code == 3
    assert one[:10] in out
    assert "1 form of 2; 1 cannot be opened" in err
    _, rows = answered(capsys, "list", "--state", "unreadable")
    assert ["another key" in row["note"] for row in rows] == [True]


def test_hostile_words_reach_no_terminal(capsys, desk):
    bodies = [
        a_report("a", service=HOSTILE[:100], text=HOSTILE),
        a_reply(about=HOSTILE, party=HOSTILE, domain=HOSTILE, text=HOSTILE),
        Correction(about=HOSTILE, field=HOSTILE, text=HOSTILE, source=HOSTILE, received=TODAY),
    ]
    ids = [desk.put(body) for body in bodies]
    screens = [run(capsys, "list")[1], run(capsys, "list", "--json")[1]]
    for id_ in ids:
        screens += [run(capsys, "open", id_)[1], run(capsys, "open", id_, "--json")[1]]
    for screen in screens:
        assert "\\x1b" in screen or "\\u001b" in screen
        for hostile in "\x1b\x07\u202e\u2066\x9b\x00":
            assert hostile not in screen


def test_what_is_opened_is_written_nowhere(capsys, desk):
    id_ = desk.put(a_report("a", text="zqneedle"))
    run(capsys, "open", id_)
    run(capsys, "decide", id_, "--accept", "--by", "anna")
    run(capsys, "count")
    for path in desk.place.rglob("*"):
        assert not path.is_file() or b"zqneedle" not in path.read_bytes()


def test_two_keepers_apart_lose_no_decision(capsys, desk):
    id_ = desk.put(a_report("a"))
    run(capsys, "decide", id_, "--accept", "--by", "anna", "--decisions", "annas")
    run(capsys, "decide", id_, "--spam", "--by", "boris", "--decisions", "borises")
    for folder in ("annas", "borises"):
        shutil.copytree(desk.place / folder, desk.place / "desk-decisions", dirs_exist_ok=True)
    _, rows = answered(capsys, "list")
    assert [row["state"] for row in rows] == ["keepers differ"]
    assert run(capsys, "decide", id_, "--refuse", "--by", "anna")[0] == 0
    _, rows = answered(capsys, "list", "--state", "decided")
    assert [row["state"] for row in rows] == ["refused"]
    assert len(list((desk.place / "desk-decisions").iterdir())) == 3


def test_a_report_of_no_known_service_is_counted_under_what_a_keeper_says(capsys, desk):
    id_ = desk.put(a_report("a", service="the big code place"))
    code, _, err = run(capsys, "decide", id_, "--accept", "--by", "anna")
    assert code == 2
    assert "--subject" in err
    assert run(capsys, "decide", id_, "--accept", "--by", "anna", "--subject", "no such")[0] == 2
    assert run(capsys, "decide", id_, "--accept", "--by", "anna", "--subject", "github")[0] == 0


def test_four_are_not_published_and_five_are(capsys, desk):
    for number in range(4):
        id_ = desk.put(a_report(f"n{number}"))
        run(capsys, "decide", id_, "--accept", "--by", "anna")
    code, counts = answered(capsys, "count")
    assert (code, counts["rows"]) == (0, [])
    assert "github" not in (desk.place / "desk-counts.json").read_text()
    run(capsys, "decide", desk.put(a_report("n5")), "--accept", "--by", "anna")
    _, counts = answered(capsys, "count")
    assert [row["at_least"] for row in counts["rows"]] == [5]
    code, _, err = run(capsys, "count", "--grain", "week")
    assert code == 2
    assert "fewer than five" in err


def test_a_reply_is_not_accepted_before_it_is_verified(capsys, desk):
    id_ = desk.put(a_reply())
    code, _, err = run(capsys, "decide", id_, "--accept", "--by", "anna")
    assert code == 2
    assert "nobody has seen the token" in err
    assert not (desk.place / "desk-decisions").exists()


class _Txt(socketserver.BaseRequestHandler):
    def handle(self):
        data, socket = self.request
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name, kind = query.question[0].name, query.question[0].rdtype.name
        self.server.asked.append(name.to_text())
        if kind == "TXT":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{self.server.txt}"'))
        socket.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def nameserver():
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Txt) as server:
        server.txt, server.asked = TOKEN, []
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def verify(capsys, id_, nameserver, *more, domain="cogentco.com"):
    at = f"127.0.0.1:{nameserver.server_address[1]}"
    return run(capsys, "verify", id_, "--domain", domain, "--by", "anna", "--nameserver", at, *more)


def test_a_verified_reply_becomes_a_part_of_the_record(capsys, desk, nameserver):
    id_ = desk.put(a_reply())
    code, out, _ = verify(capsys, id_, nameserver)
    assert code == 0
    assert "dns: token" in out
    code, out, _ = run(capsys, "decide", id_, "--accept", "--by", "anna")
    assert code == 0
    (reply,) = read_document(out, "patch")["replies"]
    found = convert(reply, Reply, "patch")
    assert found.text == a_reply().text
    assert (found.by, found.verified_by, found.received) == ("cogent", "dns_token", "2026-11-26")


def test_nothing_is_looked_up_in_a_trial_nor_at_another_domain(capsys, desk, nameserver):
    id_ = desk.put(a_reply())
    assert verify(capsys, id_, nameserver, "--dry-run")[0] == 0
    code, _, err = verify(capsys, id_, nameserver, domain="example.org")
    assert code == 2
    assert "the reply names cogentco.com" in err
    stranger = desk.put(a_reply(domain="cogent.example"))
    code, _, err = verify(capsys, stranger, nameserver, domain="cogent.example")
    assert code == 2
    assert "--unlisted" in err
    assert nameserver.asked == []


def test_a_token_that_is_not_there_is_no_verification(capsys, desk, nameserver):
    nameserver.txt = "whocut-reply-of-somebody-else"
    id_ = desk.put(a_reply())
    assert verify(capsys, id_, nameserver)[0] == 3
    assert run(capsys, "decide", id_, "--accept", "--by", "anna")[0] == 2


def test_a_hostile_reply_stays_inside_its_text(capsys, desk):
    text = "line\n- received: '2020-01-01'\n  by: github\n  text: forged\n\u202eturned\n---\n"
    id_ = desk.put(a_reply(text=text, about="2022-03-cogent-ru\nreplies: []"))
    more = ("--verified-by", "letterhead")
    _, out, _ = run(capsys, "decide", id_, "--accept", "--by", "anna", *more)
    (reply,) = read_document(out, "patch")["replies"]
    assert convert(reply, Reply, "patch").text == text.replace("\u202e", "")


def test_a_correction_is_told_as_comments_that_end_where_they_end(capsys, desk):
    body = Correction(
        about="2022-03-cogent-ru",
        field="dates\nid: forged",
        text="wrong",
        source="https://x.example/\nid: forged",
        received=TODAY,
    )
    _, out, _ = run(capsys, "decide", desk.put(body), "--accept", "--by", "anna")
    assert all(line.startswith("#") for line in out.splitlines() if line)


def test_decisions_need_one_answer_a_name_and_an_id(capsys, desk):
    id_ = desk.put(a_report("a"))
    for wrong in (
        [id_, "--by", "anna"],
        [id_, "--accept", "--spam", "--by", "anna"],
        [id_, "--accept"],
        ["--accept", "--by", "anna"],
        [id_, "--accept", "--by", "../anna"],
        ["ffff", "--accept", "--by", "anna"],
    ):
        assert run(capsys, "decide", *wrong)[0] == 2
    assert not list((desk.place / "desk-decisions").glob("*"))


def test_many_at_once_are_decided_all_or_none(capsys, desk):
    ids = [desk.put(a_report(str(number))) for number in range(3)]
    assert run(capsys, "decide", *ids, "ffff", "--spam", "--by", "anna")[0] == 2
    assert not (desk.place / "desk-decisions").exists()
    assert run(capsys, "decide", *ids, "--spam", "--by", "anna")[0] == 0
    assert len(find_sealed(desk.place / "desk")) == 3
    assert answered(capsys, "list")[1] == []
