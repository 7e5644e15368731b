"""Damage done to bundles of evidence, drawn from a seeded generator so that it can be had again."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from random import Random
from typing import Any, Final

Document = dict[str, Any]

ACTORS: Final = ("speaker", "about", "provider", "told_by")
STRANGER: Final[Document] = {"id": "stranger", "name": "A Stranger", "kind": "unknown"}
NOBODYS: Final = 65_123
"""A number of a network that is no party's."""
_OWN_ACTS: Final = frozenset({"announces", "admits", "orders", "restores"})
_NO_DOERS: Final = frozenset({"outage", "bot_check", "no_cut"})
_CUTS: Final = frozenset(
    {
        *("refused_service", "refused_edge", "refused", "interfered"),
        *("cut_unattributed", "two_causes"),
    }
)
_COUNTS: Final = (
    *("n", "n_usable", "n_networks_cut", "n_networks_slow"),
    *("n_countries_served", "n_countries_normal", "n_lost"),
)
"""Counts of which fewer show less; fewer served, or fewer networks in all, may show more."""
_NOT_MORE_THAN: Final = (
    *(("n_usable", "n"), ("n_served", "n_usable"), ("n_served", "n"), ("n_lost", "n")),
    *(("n_networks_cut", "n_networks"), ("n_networks_slow", "n_networks")),
    *(("n_countries_served", "n_countries"), ("n_countries_normal", "n_countries")),
)
_IDS: Final = frozenset({"id", "party", "speaker", "about", "provider", "told_by", "service"})
_OTHERS: Final = ("FJ", "TO", "WS", "VU", "NR", "TV", "KI", "PW", "FM")


def with_ids(document: Document) -> Document:
    """Copy a bundle, with an id on every piece, so that damage changes no id."""
    told = copy.deepcopy(document)
    for place, one in enumerate(told["evidence"]):
        one.setdefault("id", f"piece-{place}")
    return told


def accuses(one: Document, party: str) -> bool:
    """Tell whether a piece shows a cut, or has a party do it by its own or an outsider's word."""
    kind = one["kind"]
    if one.get("carried_out") == "no" or one.get("hypothesis") in _NO_DOERS:
        return False
    if kind == "claim":
        is_own = one["type"] in _OWN_ACTS and one.get("speaker") == party
        return is_own or (one["type"] == "reports" and one.get("about") == party)
    if kind in ("cell", "span"):
        return one["answer" if kind == "cell" else "cause"] in _CUTS
    if kind == "slowdown":
        return one["answer"] in ("throttled", "stalled")
    return kind == "route_change" and one["change"] == "lost"


def drop(random: Random, document: Document) -> None:
    """Take some pieces away."""
    document["evidence"] = [one for one in document["evidence"] if random.random() < 0.7]


def double(random: Random, document: Document) -> None:
    """Add copies, under ids and notes of their own."""
    for one in list(document["evidence"]):
        if random.random() < 0.6:
            name = f"{one['id']}-{random.randrange(10**9)}"
            document["evidence"].append({**copy.deepcopy(one), "id": name, "note": "a copy"})


def reorder(random: Random, document: Document) -> None:
    """Put parties and pieces in another order."""
    random.shuffle(document["evidence"])
    random.shuffle(document.get("parties", []))


def weaken(random: Random, document: Document) -> None:
    """Lower counts, sources and verdicts."""
    for one in document["evidence"]:
        if random.random() < 0.5:
            continue
        for name in _COUNTS:
            if one.get(name) and random.random() < 0.6:
                one[name] = random.randint(0, one[name])
        _keep_sums(one)
        source = one.get("source")
        if isinstance(source, dict) and random.random() < 0.4:
            source["read"] = "linked"
        if isinstance(source, dict) and random.random() < 0.4:
            source["stance"] = random.choice(("press", "forum", "crowd_list"))
        for shown in one.get("identity", ()):
            shown["n_networks"] = random.randint(0, 1)
        if "verdict" in one and random.random() < 0.5:
            one["verdict"] = random.choice(("ordinary", "no_control"))
        if one.get("carried_out") != "no":
            # That it was not done, or not yet, is no weaker where it is left out.
            one.pop(random.choice(("carried_out", "grade")), None)


def _keep_sums(one: Document) -> None:
    for less, more in _NOT_MORE_THAN:
        if one.get(less) is not None and one.get(more) is not None:
            one[less] = min(one[less], one[more])


def move_away(random: Random, document: Document) -> None:
    """Have some pieces tell of another country, another target or a laboratory."""
    for one in document["evidence"]:
        if random.random() < 0.4:
            put_elsewhere(random, one, document["question"])


def put_elsewhere(random: Random, one: Document, question: Document) -> None:
    """Have one piece tell of another country, another target or a laboratory."""
    ways: list[Document] = [{"country": "FJ"}, {"origin": "lab:another"}]
    if question.get("target"):
        ways.append({"target": "elsewhere.invalid"})
    one.update(random.choice(ways))


def renumber(random: Random, document: Document) -> None:
    """Have some links that ended be those of a network of nobody."""
    for one in document["evidence"]:
        if one.get("change") == "lost" and random.random() < 0.7:
            give_to_nobody(one)


def give_to_nobody(one: Document) -> None:
    """Have a change of links be one of a network of nobody."""
    one.pop("provider", None)
    one["provider_asn"] = NOBODYS


def estrange(random: Random, document: Document) -> None:
    """Put a stranger in the place of who speaks, is spoken of, or shows."""
    document["parties"] = [*document.get("parties", ()), STRANGER]
    for one in document["evidence"]:
        for place in (one, *one.get("identity", ())):
            for name in (*ACTORS, "party"):
                if place.get(name) and random.random() < 0.4:
                    place[name] = STRANGER["id"]


MUTATIONS: Final[tuple[Callable[[Random, Document], None], ...]] = (
    *(drop, double, reorder, weaken, move_away, renumber, estrange),
)


def mutant(random: Random, document: Document) -> Document:
    """Damage a copy of a bundle in one to three ways."""
    told = with_ids(document)
    for damage in random.sample(MUTATIONS, random.randint(1, 3)):
        damage(random, told)
    return told


def recast(random: Random, document: Document) -> tuple[Document, dict[str, str]]:
    """Give all parties, countries and networks other names throughout; with the parties' new ids.

    The EU keeps its name: what it is, its members tell.
    """
    parties = document.get("parties", [])
    ids = {one["id"]: f"p{random.randrange(10**9)}-{place}" for place, one in enumerate(parties)}
    holders = [document["question"], *parties, *document["evidence"]]
    codes = sorted({one["country"] for one in holders if one.get("country")} - {"EU"})
    others = dict(zip(codes, random.sample(_OTHERS, len(codes)), strict=True))

    def told(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: told(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [told(one, name) for one in value]
        if name in _IDS or name == "interests":
            return ids.get(value, value)
        if name == "country":
            return others.get(value, value)
        return value + 100_000 if name in ("asns", "asn", "provider_asn", "network") else value

    return told(document), ids


def later(document: Document, years: int = 28) -> Document:
    """Move everything by years after which the days of the week are the same."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items()}
        if isinstance(value, list):
            return [told(one) for one in value]
        if isinstance(value, str) and re.fullmatch(r"[\d./TZ:W-]+", value):
            return re.sub(
                r"(?:(?<=^)|(?<=/))\d{4}(?=-|/|$)", lambda x: str(int(x[0]) + years), value
            )
        return value

    return {**told(document), "format": document["format"]}
