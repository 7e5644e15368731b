"""Every message stands in every language: none missing, none fuzzy, none left from before."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog

from whocut.i18n.catalog import read_catalog
from whocut.i18n.language import Language
from whocut.i18n.messages import extract_messages, written_catalog

LANGUAGES = [one for one in Language if one is not Language.EN]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
ELEMENT = re.compile(r"</?[a-z][a-z0-9]*|href=\"[^\"]*\"")


@cache
def _template() -> Catalog:
    return extract_messages()


@cache
def _catalog(language: Language) -> Catalog:
    return read_catalog(language)


def _forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def test_messages_are_found_in_sources_and_templates() -> None:
    ids = {_forms(message.id)[0] for message in _template() if message.id}
    assert len(ids) > 1_000
    assert "%(n)s country" in ids or any("%(n)s" in one for one in ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing_or_fuzzy(language: Language) -> None:
    catalog, lacking = _catalog(language), []
    for message in _template():
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        if found is None or found.fuzzy or not all(_forms(found.string)):
            lacking.append(_forms(message.id)[0][:80])
    assert not lacking, f"{len(lacking)} in {language}: {lacking[:10]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_is_in_step_with_the_sources(language: Language) -> None:
    ids = {(_forms(message.id), message.context) for message in _template() if message.id}
    kept = {(_forms(message.id), message.context) for message in _catalog(language) if message.id}
    assert kept == ids, "run: make messages"
    assert (
        written_catalog(language, _template()).decode().count("msgid")
        == len(ids) + sum(1 for forms, _ in ids if len(forms) > 1) + 1
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_the_elements_are_the_same(language: Language) -> None:
    wrong = []
    for message in _catalog(language):
        forms = _forms(message.id)
        asked = set(PLACEHOLDER.findall(forms[-1]))
        for string in _forms(message.string):
            # A form for one may say it without the figure; nothing else may be left out.
            optional = {"n"} if len(forms) > 1 else set()
            given = set(PLACEHOLDER.findall(string))
            if given | optional != asked | optional:
                wrong.append((forms[0][:60], sorted(given ^ asked)))
            if sorted(ELEMENT.findall(string)) != sorted(ELEMENT.findall(forms[-1])):
                wrong.append((forms[0][:60], "elements"))
    assert not wrong, wrong[:10]


@pytest.mark.parametrize(("language", "forms"), [(Language.FR, 2), (Language.RU, 3)])
def test_plurals_have_all_their_forms(language: Language, forms: int) -> None:
    assert _catalog(language).num_plurals == forms
    for message in _catalog(language):
        if isinstance(message.id, tuple | list):
            assert len(_forms(message.string)) == forms, message.id
