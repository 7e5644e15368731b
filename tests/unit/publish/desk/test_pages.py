"""The desk's pages: whole without a script, private, and they keep what is sealed or nothing."""

import re
from functools import partial

import pytest

from tests.unit.publish.desk.at_the_desk import (
    CORRECTION,
    REPLY,
    REPORT,
    Clock,
    send,
    site,
    token_on,
)
from whocut.publish.desk import box, flood
from whocut.publish.desk import desk as desk_module
from whocut.publish.desk.keys import load_secret, make_keys
from whocut.publish.desk.queue import open_all

FORMS = {"/desk/report": REPORT, "/desk/reply": REPLY, "/desk/correction": CORRECTION}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Let forms come back at once; that they may not is tested by itself."""
    monkeypatch.setattr(flood, "_LEAST_AGE_S", 0)


@pytest.fixture
def keys(tmp_path):
    return make_keys(tmp_path / "keepers")


@pytest.fixture
def observatory(tmp_path, keys):
    place = tmp_path / "observatory"
    place.mkdir()
    (place / "desk.pub").write_bytes(keys[1].read_bytes())
    return place


@pytest.fixture
def client(edition, observatory):
    with site(edition, observatory) as client:
        yield client


def kept(observatory, keys):
    if not (observatory / "desk").is_dir():
        return []
    key = load_secret(keys[0], lambda _: "")
    return [one.body for one in open_all(observatory / "desk", [key], {})]


def shown(response) -> str:
    main = re.search(r"<main.*</main>", response.text, re.S)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.mark.parametrize("path", ["/desk", *FORMS])
@pytest.mark.parametrize("prefix", ["", "/fr", "/ru"])
def test_every_page_is_private(client, path, prefix):
    response = client.get(prefix + path)
    assert response.status_code == 200
    assert "no-store" in response.headers["cache-control"]
    assert "set-cookie" not in response.headers
    assert "noindex" in response.text


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_is_sent_is_sealed_and_opens_with_the_key(client, observatory, keys, path):
    response = send(client, path, FORMS[path])
    assert response.status_code == 200
    assert "no-store" in response.headers["cache-control"]
    (body,) = kept(observatory, keys)
    assert body.text == FORMS[path]["text"]


def test_a_report_gives_law_appeal_and_records_at_once(client):
    words = shown(send(client, "/desk/report", REPORT))
    assert "Your report is sealed" in words
    assert "I ask you:" in words
    assert "free public code hosting" in words
    assert "GitHub announced a partial suspension of accounts" in words


def test_the_appeal_alone_keeps_nothing(client, observatory, keys):
    words = shown(send(client, "/desk/report", {**REPORT, "do": "appeal"}))
    assert "Nothing was kept" in words
    assert "I ask you:" in words
    assert kept(observatory, keys) == []


def test_a_page_sent_twice_is_two_files_and_one_report(client, observatory, keys):
    token = token_on(client.get("/desk/report").text)
    for _ in range(2):
        client.post("/desk/report", data={"token": token, **REPORT})
    first, second = kept(observatory, keys)
    assert first.nonce == second.nonce != ""


def test_a_french_or_russian_reader_gets_the_appeal_in_english_too(client):
    assert "Appeal in English" not in shown(send(client, "/desk/report", REPORT))
    response = send(client, "/ru/desk/report", REPORT)
    assert response.text.count("<textarea") == 2
    assert "2 марта 2020" in shown(response)
    assert "the week of 2 March 2020" in shown(response)


def test_a_reply_gets_a_token_once_that_is_sealed_as_well(client, observatory, keys):
    response = send(client, "/desk/reply", REPLY)
    token = re.search(r"whocut-reply-[\w-]+", response.text)[0]
    assert "https://cogentco.com/.well-known/whocut-reply.txt" in shown(response)
    assert "_whocut-reply.cogentco.com" in shown(response)
    (body,) = kept(observatory, keys)
    assert body.token == token


@pytest.mark.parametrize("path", FORMS)
def test_what_is_wrong_is_shown_with_everything_that_was_typed(client, observatory, keys, path):
    text = "words that were typed <b>&"
    changes = {"text": text, "service": "", "about": "no-such-record"}
    response = send(client, path, {**FORMS[path], **changes})
    assert response.status_code == 422
    assert "words that were typed &lt;b&gt;&amp;" in response.text
    assert 'role="alert"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert kept(observatory, keys) == []


def test_an_address_in_a_text_is_asked_about_and_nothing_is_kept(client, observatory, keys):
    mine = {**REPORT, "text": "I am someone@example.org"}
    response = send(client, "/desk/report", mine)
    assert response.status_code == 422
    assert "this may tell who you are" in shown(response)
    assert "someone@example.org" in shown(response)
    assert kept(observatory, keys) == []
    assert send(client, "/desk/report", {**mine, "nothing_personal": "yes"}).status_code == 200
    assert len(kept(observatory, keys)) == 1


@pytest.mark.parametrize("path", FORMS)
def test_without_a_key_it_says_why_and_keeps_nothing(edition, tmp_path, path):
    with site(edition, tmp_path) as client:
        assert "no key of case workers" in shown(client.get(path))
        response = send(client, path, FORMS[path])
        assert "no key of case workers" in shown(response)
        assert ("I ask you:" in shown(response)) is (path == "/desk/report")
    assert not list(tmp_path.iterdir())


def test_a_key_that_cannot_be_read_closes_the_desk(edition, tmp_path):
    (tmp_path / "desk.pub").write_text("whocut-desk-key-1 nonsense")
    with site(edition, tmp_path) as client:
        assert "cannot be read" in shown(send(client, "/desk/report", REPORT))
    assert [one.name for one in tmp_path.iterdir()] == ["desk.pub"]


def test_a_full_folder_says_so(edition, observatory, monkeypatch):
    folder = observatory / "desk"
    folder.mkdir()
    monkeypatch.setattr(desk_module, "SealedFolder", partial(box.SealedFolder, most_files=0))
    with site(edition, observatory) as client:
        assert "is full" in shown(send(client, "/desk/reply", REPLY))
        assert "is full" in shown(send(client, "/desk/report", REPORT))
    assert not list(folder.iterdir())


def test_a_disk_that_fails_loses_nobody_what_was_typed(client, observatory):
    (observatory / "desk").write_text("a file where the folder should be")
    assert "did not take" in shown(send(client, "/desk/report", REPORT))
    response = send(client, "/desk/reply", REPLY)
    assert response.status_code == 422
    assert "did not take" in shown(response)
    assert REPLY["text"] in response.text


def test_in_a_trial_without_an_observatory_nothing_is_kept(edition):
    with site(edition, None) as client:
        assert "kept nowhere" in shown(send(client, "/desk/report", REPORT))


@pytest.mark.parametrize(
    "change",
    [{"token": ""}, {"token": "x.y.z"}, {"website": "https://spam.example"}],
    ids=["none", "foreign", "trap"],
)
def test_a_form_without_its_token_or_with_the_trap_is_shown_again(
    client, observatory, keys, change
):
    token = token_on(client.get("/desk/report").text)
    response = client.post("/desk/report", data={"token": token, **REPORT, **change})
    assert response.status_code == 422
    assert REPORT["text"] in response.text
    assert token_on(response.text) != token
    assert kept(observatory, keys) == []
    again = client.post("/desk/report", data={"token": token_on(response.text), **REPORT})
    assert again.status_code == 200


def test_a_form_that_comes_back_too_fast_is_shown_again(client, monkeypatch):
    monkeypatch.setattr(flood, "_LEAST_AGE_S", 3)
    response = send(client, "/desk/report", REPORT)
    assert response.status_code == 422
    assert "faster than a person" in shown(response)


def test_a_flood_gets_a_page_in_words(edition, observatory, monkeypatch):
    monkeypatch.setattr(desk_module, "Limits", lambda: flood.Limits(overall=(3, 0), clock=Clock()))
    with site(edition, observatory) as client:
        codes = [send(client, "/desk/report", REPORT).status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert "Too many forms at once" in shown(send(client, "/desk/report", REPORT))


def test_only_forms_of_the_web_are_taken(client):
    assert client.post("/desk/report", json=REPORT).status_code == 415
    assert client.post("/desk/report", files={"text": b"x"}).status_code == 415
    assert client.post("/desk/report", data={"text": "x" * 100_000}).status_code == 413
    assert client.post("/desk", data=REPORT).status_code == 405
    foreign = send(client, "/desk/report", REPORT, **{"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "\u202egnp.exe",
    "{{ 7 * 7 }} {% raw %}",
)


@pytest.mark.parametrize("hostile", _HOSTILE)
@pytest.mark.parametrize("path", FORMS)
def test_hostile_words_are_words(client, path, hostile):
    for changes in ({"text": hostile}, dict.fromkeys(FORMS[path], hostile)):
        response = send(client, path, {**FORMS[path], **changes})
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text
        assert "\u202e" not in response.text
        assert "49" not in re.sub(r"whocut-reply-\S+", "", shown(response))


def test_a_query_fills_in_the_form_and_nothing_more(client):
    page = client.get("/desk/report", params={"service": 'a"b', "country": "IR", "text": "no"})
    assert 'value="a&#34;b"' in page.text
    assert re.search(r'value="IR" selected', page.text)
    about = client.get("/desk/correction", params={"about": "2022-03-cogent-ru"})
    assert 'value="2022-03-cogent-ru"' in about.text
