"""Read what tells people apart beside the place: sums, lists, owners, where they live or were."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.place_words import all_places, places_in
from whocut.ledger.law.places import EVERYBODY

__all__ = ["Marks", "marks_of", "without_amount", "without_lists"]

_AMOUNT: Final = re.compile(
    r"\b(?P<sign>over|above|more than|at least|under|below|less than|up to|at most)?\s*"
    r"(?:(?:EUR|€)\s*(?P<after>\d[\d., ]*\d|\d)"
    r"|(?P<before>\d[\d., ]*\d|\d)\s*(?:EUR\b|euros?\b|€))",
    re.IGNORECASE,
)
_THRESHOLD_EUR: Final = 10_000
_OVER: Final = frozenset({"over", "above", "more than"})
_UNDER: Final = frozenset({"under", "below", "less than", "up to", "at most"})
_LISTS: Final = r"EU|UK|US|U\.S\.|OFAC|European Union|United Kingdom|United States|Britain|Ukraine"
_LISTED_BY: Final = re.compile(
    r"\b(?P<no>not |un|non-)?(?:listed|designated|sanctioned|blocked|frozen)\s+(?:only\s+)?"
    rf"(?:by|under|in|on)\s+(?:the\s+)?(?P<whose>(?:{_LISTS})(?:\s*(?:,|/|and)\s*(?:the\s+)?(?:{_LISTS}))*)"
    r"\b(?:\s+(?:only|list|lists|law))*",
    re.IGNORECASE,
)
_OWN_LIST: Final = re.compile(
    r"\b(?P<no>not |non-)?(?P<whose>EU|UK|US|OFAC)[- ](?:listed|designated|sanctioned|blocked)\b",
)
_OWNED: Final = re.compile(
    r"\b(?P<no>not |non-)?(?:(?:majority|wholly|partly|half|50%?)[- ])?"
    r"(?:(?:(?:owned|controlled|held)(?:(?: and| or|/)\s*(?:owned|controlled))?"
    r"(?:\s+(?:by half(?: or more)?|in part|in full|by \d+ ?%(?: or more)?))?\s+(?:by|from)|"
    r"(?:subsidiary|subsidiaries|branch|branches|affiliate|arm|unit)\s+of)\s+"
    r"(?:an?\s+|the\s+)?(?P<after>[A-Z][\w.]*)(?:[ -](?:persons?|parent|company|"
    r"companies|group|groups|firms?|owners?|holding|shareholders?|investors?|corporation|business|bank|maker|vendor))*"
    r"|(?P<before>[A-Z][\w.]*)[ -](?:owned(?:[ -]or[ -]controlled)?|controlled))\b(?!\s+by\b)"
)
_OUTSIDE_EEA: Final = re.compile(
    r"\b(?:(?:living|residing|resident)\s+)?(?:outside|beyond|not in|other than in)\s+"
    r"(?:of\s+)?(?:the\s+)?(?:EU|EEA|CH|Switzerland|European Union|European Economic Area|Europe)"
    r"(?:\s*(?:/|,|&|and|or)\s*(?:the\s+)?(?:EU|EEA|CH|Switzerland|European Union|Europe))*\b"
)
_NOT_OWNED: Final = re.compile(
    r"\bnot\s+(?:EU|EEA|Swiss|UK)-?(?:\s*(?:/|,|or|and|nor)\s*(?:EU|EEA|Swiss|UK|partner)-?)+[ -]?"
    r"(?:country[ -])?(?:owned|controlled)\b"
)
_LISTED_WORDS: Final = r"(?:blocked|listed|sanctioned|designated|SDNs?)"
_SHARE: Final = re.compile(
    r"\b(?:(?P<less>less than|under|below|not even|minority|up to)\s+)?(?P<share>half|\d{1,2} ?%)"
    r"[ -](?:owned|held|controlled)\s+by\s+(?:an?\s+|the\s+)?" + _LISTED_WORDS + r"\b"
    r"(?:\s+(?:persons?|company|companies|bank|individuals?|entity|entities))?",
    re.IGNORECASE,
)
_HALF: Final = 50
_PLACE: Final = r"(?:the\s+)?(?P<where>[\w' /&-]+?)(?=\s*(?:[,;()]|$|\bwho\b|\bwhile\b|\bon\b))"
_ORIGIN: Final = re.compile(
    r"\b(?:(?:with (?:an? |some )?)?(?:ip|billing|travel|login|log-in|access|address|sign-in)"
    r"[ -]history\s+(?:in|from|of|touching)"
    r"|(?:with\s+)?(?:an?\s+|some\s+)?(?:past|earlier|previous|former|prior|single|"
    r"one|old|once|one-time)\s+(?:\w[\w-]*\s+){0,2}?(?:in|from|of|to|through|via)"
    r"|(?:who\s+)?(?:once\s+|had\s+|have\s+|has\s+|merely\s+|only\s+|just\s+|recently\s+)*"
    r"(?:visited|travell?ed (?:to|through|in)|toured|holidayed in|been to|left|fled)"
    r"|(?:on|after|during|from|back from)\s+(?:an?\s+|their\s+|his\s+|her\s+)?(?:\w+\s+)?"
    r"(?:visit|trip|holiday|journey|stay|travel|travels|vacation|tour)s?\s+(?:to|in|through|of)"
    r"|born in|(?:with\s+)?(?:family|relatives|roots|ties|parents|friends)\s+(?:in|to|from)"
    r"|(?:returning|returned)\s+from|formerly (?:of|in|from))\s+" + _PLACE,
    re.IGNORECASE,
)
_DESCENT: Final = re.compile(
    r"\b(?:of )?(?P<where>[A-Z]\w+)[ -](?:origin|descent|born|ancestry|heritage)\b"
    r"|\bethnic (?P<other>[A-Z]\w+)",
)
_EXCEPT: Final = re.compile(
    r"\b(?P<how>outside(?: of)?|except(?: for)?|other than|excluding|save|apart from|"
    r"but not(?: in)?|not in|beyond|without)\s+" + _PLACE,
    re.IGNORECASE,
)
_TRAVEL_NOTE: Final = re.compile(r"\((?:travel|visits?|a trip|holiday)\)", re.IGNORECASE)
_RESIDENT: Final = re.compile(
    r"\b(?:who\s+)?(?:(?:now|currently|long|permanently|have|has|are|is)\s+)*"
    r"(?:(?:resident|residents|residing|reside|resides|living|live|lives|based|settled|staying|established|"
    r"located|registered|working|studying|exiled|residence)\s+(?:permanently\s+|permit\s+)?(?:in|of)"
    r"|(?:moved|fled|emigrated|relocated|migrated)\s+to|residence permit (?:in|of|for)"
    r"|refugees\s+in|exiles\s+in|diaspora\s+in|emigrants\s+in|expatriates\s+in|students\s+in)\s+"
    + _PLACE,
    re.IGNORECASE,
)
_PEOPLE_IN: Final = re.compile(
    r"\b(?P<people>[A-Z]\w+)(?P<sort>(?:\s+[a-z][\w-]*){0,3})\s+in\s+" + _PLACE
)
_ABROAD: Final = re.compile(
    r"\b(?:abroad|diaspora|overseas|outside (?:of )?(?:the|their) (?:home )?country|in exile|"
    r"expatriates?|expats?|emigrants?|emigrés?|émigrés?|in third countries)\b",
    re.IGNORECASE,
)
_NATIONALS: Final = re.compile(r"\b(?:nationals?|citizens?|passport)\b", re.IGNORECASE)
_EEA_BESIDE_THE_UNION: Final = frozenset({"NO", "IS", "LI", "CH"})


class Marks(Struct, frozen=True, kw_only=True):
    """What was read, and the text that is left."""

    left: str
    told: dict[str, str]
    origins: tuple[str, ...] = ()
    lives_in: tuple[str, ...] = ()
    elsewhere: bool = False
    """They are told by where they are not."""
    listed_by: tuple[str, ...] = ()


def marks_of(law: Law, text: str) -> Marks:
    """Read sums, lists, owners, origins and residence out of a text."""
    told: dict[str, str] = {}
    text = without_amount(text, told)
    if _NOT_OWNED.search(text):
        text = _NOT_OWNED.sub(_note(told, "owned_by", "not EU"), text)
    text = _SHARE.sub(lambda found: _note(told, "blocked", _by_share(found)), text)
    text, listed_by = without_lists(law, text, told)
    origins: list[str] = []
    text = _OWNED.sub(lambda found: _owner(law, found, told, origins), text)
    outside = _OUTSIDE_EEA.search(text)
    if outside is not None:
        told["resides_in"] = "not EEA"
        text = f"{text[: outside.start()]} {text[outside.end() :]}"
    text, is_outside = _without_exceptions(law, text)
    text, lives_in = _without_residence(law, text)
    if is_outside and not lives_in and places_in(law, text):
        lives_in = (EVERYBODY,)
    text = _without_origins(law, text, origins)
    if lives_in and lives_in != (EVERYBODY,):
        told["resides_in"] = "EEA" if all(_in_eea(law, one) for one in lives_in) else "not EEA"
    return Marks(
        left=text,
        told=told,
        origins=tuple(dict.fromkeys(origins)),
        lives_in=lives_in,
        elsewhere=is_outside,
        listed_by=listed_by,
    )


def without_amount(text: str, told: dict[str, str]) -> str:
    """Take a sum in euros out of a text, and say on which side of the threshold it lies."""
    found = _AMOUNT.search(text)
    if found is None:
        return text
    digits = re.sub(r"\D", "", found["after"] or found["before"])
    sign = (found["sign"] or "").casefold()
    value = int(digits)
    is_more = value > _THRESHOLD_EUR and sign not in _UNDER
    if is_more or (value == _THRESHOLD_EUR and sign in _OVER):
        told["amount"] = "over_10000_eur"
    elif value <= _THRESHOLD_EUR and sign not in {*_OVER, "at least"}:
        told["amount"] = "up_to_10000_eur"
    return f"{text[: found.start()]} {text[found.end() :]}"


def without_lists(law: Law, text: str, told: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Take out whose list names people: a list of one state is none of another."""
    whose: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if found["no"]:
            told["blocked"] = "excluded"
            return " "
        names = re.sub(r"OFAC|U\.S\.", "US", found["whose"])
        whose.extend(places_in(law, names))
        told["blocked"] = "only"
        return " "

    text = _OWN_LIST.sub(taken, _LISTED_BY.sub(taken, text))
    return text, tuple(dict.fromkeys(whose))


def _note(told: dict[str, str], name: str, value: str) -> str:
    told[name] = value
    return " "


def _by_share(found: re.Match[str]) -> str:
    """Say whether a share makes a firm blocked: half or more does, less does not."""
    share = found["share"].casefold()
    number = _HALF if share == "half" else int(re.sub(r"\D", "", share))
    return "excluded" if found["less"] or number < _HALF else "only"


def _without_exceptions(law: Law, text: str) -> tuple[str, bool]:
    """Take out the places that are excepted, and say whether people are told as outside of one."""
    outside = False

    def taken(found: re.Match[str]) -> str:
        nonlocal outside
        if not all_places(law, found["where"]):
            return found[0]
        outside = outside or found["how"].casefold().startswith(("outside", "beyond", "not in"))
        return " "

    return _EXCEPT.sub(taken, text), outside


def _owner(law: Law, found: re.Match[str], told: dict[str, str], origins: list[str]) -> str:
    code = next(iter(places_in(law, found["after"] or found["before"])), None)
    if code is None:
        return found[0]
    union = next(one for one in law.unions if one.union == "EU")
    owner = "EU" if code == "EU" or code in union.members else code
    if found["no"]:
        told["owned_by"] = f"not {owner}"
    else:
        told["owned_by"] = owner if owner in {"US", "EU"} else "others"
        if owner not in {"US", "EU"}:
            origins.append(code)
    if re.search(r"subsidiar|branch|affiliate|owned|controlled", found[0]):
        told.setdefault("person", "legal")
    return " "


def _without_residence(law: Law, text: str) -> tuple[str, tuple[str, ...]]:
    """Take the residence of nationals of elsewhere out of a text."""
    for pattern in (_RESIDENT, _PEOPLE_IN):
        for found in pattern.finditer(text):
            where = all_places(law, found["where"])
            groups: Mapping[str, str] = found.groupdict()
            people = text[: found.start()] + groups.get("people", "")
            if not where or not _is_of_elsewhere(law, people, where):
                continue
            if "people" in groups and groups["people"].casefold() not in law.peoples:
                continue
            kept = groups.get("people", "") + groups.get("sort", "")
            return f"{text[: found.start()]} {kept} {text[found.end() :]}", where
    if _ABROAD.search(text) and (_NATIONALS.search(text) or places_in(law, text)):
        return _ABROAD.sub(" ", text), (EVERYBODY,)
    return text, ()


def _is_of_elsewhere(law: Law, text: str, where: tuple[str, ...]) -> bool:
    """Say whether a text names people of another place: Crimeans in Kyiv, Iranians in Canada."""
    named = places_in(law, _DESCENT.sub(" ", text))
    return bool(named) and not set(named) & set(where)


def _without_origins(law: Law, text: str, origins: list[str]) -> str:
    """Take out what people are told by, and where they are not."""

    def taken(found: re.Match[str]) -> str:
        where = places_in(law, found["where"])
        if not where:
            return found[0]
        origins.extend(where)
        return " "

    def descended(found: re.Match[str]) -> str:
        where = places_in(law, found["where"] or found["other"])
        origins.extend(where)
        return " " if where else found[0]

    text = _DESCENT.sub(descended, _ORIGIN.sub(taken, text))
    return _TRAVEL_NOTE.sub(" ", text) if origins else text


def _in_eea(law: Law, code: str) -> bool:
    union = next(one for one in law.unions if one.union == "EU")
    country = code.partition("-")[0]
    return code == "EU" or country in union.members or country in _EEA_BESIDE_THE_UNION
