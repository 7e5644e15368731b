"""Faults that an outsider seeded, in the form of ``seeded_faults``: each once slipped through."""

from tests.unit.ledger.good_ledger import CUT, REFUSAL, RESTORED, SHARED

__all__ = ["MISSED_DOUBTS", "MISSED_FAULTS"]

_STATUS = "  status: disputed\n"
_ONE = "- {actor: nobody, claim: A fault., claimant: acme, from: [s1]}\n"
_NOTE = "The criminal court of that town was cut off as well."
_REPLY = "{received: '2023-06-01'"
_URL = "https://daily-paper.org/2023/05/acme\n"


def _seed(old, new, rule, field, says, file=CUT):
    return (file, old, new, rule, field, says)


def _noted(text, rule, says):
    return _seed(_NOTE, f'"{text}"', rule, "notes[0].text", says)


MISSED_FAULTS = {
    # characters and markup
    "an escape sequence": _noted(r"red \x1b[31m", "text.unseen", "U+001B"),
    "a right-to-left override": _seed(
        "title: Letter to customers",
        r'title: "Letter \u202efdp.exe"',
        "text.unseen",
        "sources.s1.title",
        "U+202E",
    ),
    "a space of no width": _seed(
        "publisher: Daily Paper",
        r'publisher: "Daily\u200bPaper"',
        "text.unseen",
        "sources.s2.publisher",
        "U+200B",
    ),
    "two lines in a title": _seed(
        "title: Letter to customers",
        r'title: "Letter\nto all"',
        "text.unseen",
        "sources.s1.title",
        "U+000A",
    ),
    "an isolate in a reply": _seed(
        "text: We only followed the law.",
        r'text: "We \u2066only"',
        "text.unseen",
        "replies[0].text",
        "U+2066",
    ),
    "a shared text with an override": _seed(
        "title: A statement",
        r'title: "A \u202estatement"',
        "text.shared",
        "pact.title",
        "U+202E",
        SHARED,
    ),
    "an element of HTML": _noted("<script>alert(1)</script>", "text.markup", "'<s'"),
    "a link of Markdown": _noted("[here](https://a-b.org)", "text.markup", "']('"),
    "an address that runs": _noted("see javascript:alert(1)", "text.markup", "javascript:"),
    # private data and verdicts
    "a hidden e-mail address": _noted(
        "write to john (at) mail (dot) com", "text.private", "e-mail address"
    ),
    "a telephone number with 00": _noted(
        "call 0044 20 7946 0958", "text.private", "telephone number"
    ),
    "a war crime": _noted("This is a war crime.", "text.verdict", "'war crime'"),
    "international law": _noted(
        "It violates international law.", "text.verdict", "'violates international law'"
    ),
    # addresses
    "a number for a server": _seed(
        _URL, "http://192.168.0.1/x\n", "url.form", "sources.s2.url", "public web server"
    ),
    "a server at home": _seed(
        _URL, "https://files.localdomain/x\n", "url.form", "sources.s2.url", "public web server"
    ),
    "a letter that looks alike": _seed(
        _URL, "https://d\u0430ily-paper.org/x\n", "url.form", "sources.s2.url", "A-labels"
    ),
    "a dot after the name": _seed(
        _URL, "https://daily-paper.org./x\n", "url.form", "sources.s2.url", "A-labels"
    ),
    "one page by two schemes": _seed(
        _URL,
        "http://acme-net.org/news/2022/03/letter?id=7\n",
        "source.twice",
        "sources.s2.url",
        "counts once",
    ),
    "one page by two anchors": _seed(
        _URL,
        "https://www.acme-net.org/news/2022/03/letter?id=7#top\n",
        "source.twice",
        "sources.s2.url",
        "counts once",
    ),
    # sources
    "own knowledge as a source": _seed(
        "read: excerpt\n    stance: press",
        "read: own\n    stance: press",
        "source.read",
        "sources.s2.read",
        "no source",
    ),
    "three letters for two": _seed(
        "lang: ru", "lang: rus", "source.language", "sources.s2.lang", "'ru'"
    ),
    # times
    "a telling of 20 years before": _seed(
        "{on: '2022-03-05', from: [pact]}",
        "{on: '2002-03-05', from: [pact]}",
        "date.far",
        "dates.effective[1].on",
        "2002-03-05 lies more than",
    ),
    "a moment as wide as an age": _seed(
        "{on: '2022-03-05', from: [pact]}",
        "{on: 2015/2022, from: [pact]}",
        "date.far",
        "dates.effective[1].on",
        "spans",
    ),
    "a moment of the Middle Ages": _seed(
        "announced:\n  - {on: '2022",
        "announced:\n  - {on: '1022",
        "date.early",
        "dates.announced[0].on",
        "before 1985",
    ),
    "a source of the last century": _seed(
        "date: '2023-05-20'", "date: '1923-05-20'", "date.early", "sources.s2.date", "before 1985"
    ),
    "a source of a day to come": _seed(
        "date: '2023-05-20'", "date: '2123-05-20'", "date.young", "sources.s2.date", "not come"
    ),
    "a reply before the cut": _seed(
        _REPLY, "{received: '2021-06-01'", "date.answer", "replies[0].received", "before anything"
    ),
    "a retraction before the cut": _seed(
        "confidence: high",
        "confidence: high\nretracted: {on: '2020-01-01', reason: Wrong.}",
        "date.answer",
        "retracted.on",
        "before anything",
    ),
    "a second end before the beginning": _seed(
        "- {on: 2023-05, from: [s2]}",
        "- {on: 2023-05, from: [s2]}\n  - {on: '2021-05-01', from: [own]}",
        "date.order",
        "dates.ended[1].on",
        "lies before",
    ),
    # who decided
    "a dispute of one side": _seed(
        "  " + _ONE, "", "attribution.dispute", "attribution.hypotheses", "two accounts"
    ),
    "a denial by nobody": _seed(
        "attribution: {status: admitted, from: [s1]}",
        "attribution: {status: denied, from: [s1]}",
        "attribution.denial",
        "attribution.status",
        "the decider's",
        REFUSAL,
    ),
    "an admission by own knowledge": _seed(
        "attribution: {status: admitted, from: [s1]}",
        "attribution: {status: admitted, from: [own]}",
        "attribution.admission",
        "attribution.from",
        "name a source",
        REFUSAL,
    ),
    "a decider twice": _seed(
        "- {actor: acme, from: [s1, s2]}",
        "- {actor: acme, from: [s1, s2]}\n  - {actor: acme, from: [s2]}",
        "actor.twice",
        "parties.decider[1].actor",
        "twice",
    ),
    "a state's act by a company": _seed(
        "value: network_disconnection",
        "value: state_blocking",
        "actor.state",
        "parties.decider[0].actor",
        "whose act",
    ),
    # values
    "the world and a country": _seed(
        "[RU, UA-43]", "[RU, WORLD]", "place.overlap", "population.places[1]", "say which"
    ),
    "a country and its part": _seed(
        "[RU, UA-43]", "[UA, UA-43]", "place.overlap", "population.places[1]", "a part of 'UA'"
    ),
    "a mark twice": _seed(
        "[registration]", "[ip, ip]", "selector", "population.selectors[1]", "twice"
    ),
    "a mark and none": _seed(
        "[registration]", "[unstated, ip]", "selector", "population.selectors[0]", "beside it"
    ),
    "users of our own": _seed(
        "{text: All of its customers., from",
        "{text: All of its customers., users: [martians], from",
        "scope.words",
        "scope.users[0]",
        "'martians'",
    ),
    "a network cut at the till": _seed(
        "layer: {value: route", "layer: {value: payment", "layer.action", "layer.value", "not done"
    ),
    "an instrument twice": _seed(
        "- {id: act-1, from: [s2]}",
        "- {id: act-1, from: [s2]}\n- {id: act-1, from: [s1]}",
        "value.twice",
        "instruments[1]",
        "twice",
    ),
    "notice of less than nothing": _seed(
        "conflicts:",
        "remedies: {notice_days: {value: -5, from: [s1]}}\nconflicts:",
        "remedies.notice",
        "remedies.notice_days.value",
        "-5 days",
    ),
    "a cut that restores": _seed(
        "notes:",
        "edges:\n- {kind: restores, to: 2022-03-root-refusal, from: [s2]}\nnotes:",
        "edge.restores",
        "edges[0].to",
        "restores nothing",
    ),
}
MISSED_DOUBTS = {
    "an admission that was not read": _seed(
        "status: alleged", "status: admitted", "attribution.unread", "attribution.status", "read",
        RESTORED,
    ),
    "a decider without a source": _seed(
        "- {actor: acme, from: [s1, s2]}",
        "- {actor: acme, from: [own]}",
        "actor.own_knowledge",
        "parties.decider[0].from",
        "own knowledge",
    ),
    "another restores": _seed(
        "- {actor: acme, from: [s1]}",
        "- {actor: regulator, from: [s1]}",
        "edge.restorer",
        "edges[0].to",
        "another decided",
        RESTORED,
    ),
    "a publisher of two stances": _seed(
        "stance: press", "stance: state_media", "source.stance", "sources.s1.stance", "is press",
        RESTORED,
    ),
    "a word that takes a side": _noted("The regime cut it.", "text.loaded", "'regime'"),
}  # fmt: skip
