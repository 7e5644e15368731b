from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from whocut.i18n.language import Language
from whocut.i18n.text import isolate
from whocut.publish.site import rendering
from whocut.publish.site.rendering import bdi, environment_of


def _drawn(source, language=Language.EN, **context):
    return environment_of(language).from_string(source).render(context)


def test_everything_is_escaped_also_what_fills_a_sentence():
    bad = "<script>alert(1)</script>"
    for source in (
        "{{ x }}",
        '{{ _("by %(x)s", x=x) }}',
        "{% trans x=x %}by {{ x }}{% endtrans %}",
        '{{ ngettext("%(n)s of %(x)s", "%(n)s of %(x)s", 2, x=x) }}',
        "{{ x|bdi }}",
        "{{ x|day }}",
        "{{ x|time }}",
    ):
        assert "<script" not in _drawn(source, x=bad), source


def test_french_sets_signs_off_and_sentences_are_left_to_translators():
    source = "<b>{{ x }}</b>: {{ x }}; {% if x %}{{ x }}{% endif %}; a:b &amp; {{ x }}:80"
    assert _drawn(source, x=1) == "<b>1</b>: 1; 1; a:b &amp; 1:80"
    french = _drawn(source, Language.FR, x=1)
    assert french == "<b>1</b>\u202f: 1\u202f; 1\u202f; a:b &amp; 1:80"
    told = "{% trans x=x %}{{ x }}: nothing{% endtrans %}"
    assert _drawn(told, Language.FR, x=1) == "1: nothing"


def test_an_attribute_cannot_be_left():
    assert _drawn('<a title="{{ x }}">', x='" onclick="x') == '<a title="&#34; onclick=&#34;x">'


def test_a_name_that_is_missing_is_a_fault():
    with pytest.raises(UndefinedError):
        _drawn("{{ nothing }}")


def test_numbers_in_sentences_are_written_out():
    source = '{{ ngettext("%(n)s row", "%(n)s rows", n) }}'
    assert _drawn(source, n=12345) == "12,345 rows"
    assert _drawn("{% trans n=n %}{{ n }} row{% pluralize %}{{ n }} rows{% endtrans %}", n=1) == (
        "1 row"
    )


def test_a_percent_sign_stays_one():
    assert _drawn('{{ _("100 % of it") }}') == "100 % of it"
    assert _drawn("{% trans %}100 % of it{% endtrans %}") == "100 % of it"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2022, 3, 4), "4 March 2022"),
        ("2022-03-04", "4 March 2022"),
        ("2022-03", "March 2022"),
        ("2022", "2022"),
        ("2022-03-04T10:00", "4 March 2022"),
        (datetime(2022, 3, 4, 10, tzinfo=UTC), "4 March 2022"),
        ("soon", "soon"),
    ],
)
def test_days_are_as_exact_as_they_are_known(value, shown):
    assert _drawn("{{ x|day }}", x=value) == shown


def test_a_day_carries_its_machine_form():
    assert _drawn("{{ x|time }}", Language.FR, x=date(2022, 3, 4)) == (
        '<time datetime="2022-03-04">4 mars 2022</time>'
    )


def test_names_turn_no_line_around():
    assert bdi("evil\u202egro.elpmaxe") == "<bdi>evilgro.elpmaxe</bdi>"


@pytest.fixture
def trial_templates(tmp_path, monkeypatch):
    """Draw from templates of the test's own."""
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)
    environment_of.cache_clear()
    yield tmp_path
    environment_of.cache_clear()


def test_addresses_get_the_language_and_those_of_files_and_other_sites_do_not(trial_templates):
    source = (
        '<a href="/c/RU">a</a><form action="/search"><link href="/static/x">'
        '<a href="https://x.example/">b</a><a lang="en" hreflang="en" href="/c/RU">c</a>{{ x }}'
    )
    (trial_templates / "t.html").write_text(source)
    drawn = rendering.draw(Language.RU, "t.html", {"x": ' href="/c/DE'})
    assert '<a href="/ru/c/RU">a' in drawn
    assert 'action="/ru/search"' in drawn
    assert 'href="/static/x"' in drawn
    assert 'href="https://x.example/"' in drawn
    assert 'hreflang="en" href="/c/RU"' in drawn
    assert "/ru/c/DE" not in drawn
    assert 'href="/c/RU"' in rendering.draw(Language.EN, "t.html", {"x": ""})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\u202eb\u202cc", "abc"),
        ("a\u2066b\u2067c\u2069", "abc"),
        ("ends \u2069 what it did not begin", "ends  what it did not begin"),
        ("begins \u2068 and ends nowhere", "begins  and ends nowhere"),
        ("\u2069 out, and in again \u2068", " out, and in again "),
        ("\x1b[31mred\x1b]0;owned\x07\x9b2J\x00\x08", "[31mred]0;owned2J"),
        ("lines\r\n\tand tabs", "lines\r\n\tand tabs"),
        ("\u200f\u05d0\u200e", "\u200f\u05d0\u200e"),
    ],
)
def test_what_turns_lines_or_moves_cursors_leaves_no_page(trial_templates, written, shown):
    (trial_templates / "t.html").write_text("{{ x }}")
    assert rendering.draw(Language.EN, "t.html", {"x": written}) == shown


def test_names_that_we_isolate_stay_isolated_whatever_stands_around(trial_templates):
    (trial_templates / "t.html").write_text("<p>{{ x }}<b>{{ name }}</b>{{ x }}</p>")
    name = isolate("\u202e\u05d0\u2069b")
    assert name == "\u2068\u05d0b\u2069"
    for x in ("", "\u2068", "\u2069\u2068", "\u2067\u2068\u05d0", "\u202e"):
        drawn = rendering.draw(Language.EN, "t.html", {"x": x, "name": name})
        left = x.translate(dict.fromkeys(range(0x202A, 0x206A)))
        assert drawn == f"<p>{left}<b>{name}</b>{left}</p>"
