"""Words for the closed sets of the law of the day."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["LAW_WORDS"]

_LABEL: Final = {
    "required": N_("required by law"),
    "permitted_not_required": N_("permitted, not required"),
    "expressly_exempted": N_("expressly exempted"),
    "own_choice": N_("a state's own choice"),
    "unclear": N_("unclear"),
}
_LABEL_MEANING: Final = {
    "required": N_(
        "A ban in force that day binds this party and reaches these people and this service, and "
        "nothing lifts it."
    ),
    "permitted_not_required": N_(
        "No ban held here reaches it: nothing asked for the cut, and nothing forbade it."
    ),
    "expressly_exempted": N_(
        "A ban reaches it, or would reach listed persons, and an exemption in force that day "
        "plainly covers the service."
    ),
    "own_choice": N_(
        "A state's own act, for every state alike: no sanctions law asks a state for it."
    ),
    "unclear": N_(
        "A text can be read both ways, parts have different answers, or the law is not held here."
    ),
}
_CERTAINTY: Final = {
    "high": N_("high confidence"),
    "medium": N_("medium confidence"),
    "low": N_("low confidence"),
}
_ROLE: Final = {
    "ban": N_("ban"),
    "does_not_reach": N_("does not reach this"),
    "exemption": N_("exemption"),
    "doubtful": N_("in doubt"),
    "considered": N_("considered, and decides nothing"),
    "repeal": N_("repeal"),
    "power": N_("the state's own power, by which it acted"),
    "binds_the_state": N_("binds the state"),
    "addresses_states": N_("addresses states, binds nobody"),
    "guidance": N_("guidance"),
}
_INSTRUMENT_KIND: Final = {
    "treaty": N_("treaty"),
    "human_rights_declaration": N_("declaration of human rights"),
    "summit_text": N_("text of a summit"),
    "un_resolution": N_("resolution of the United Nations"),
    "expert_view": N_("view of United Nations experts"),
    "business_principles": N_("principles for business"),
    "sanctions": N_("sanctions"),
    "sanctions_exemption": N_("exemption from sanctions"),
    "sanctions_repeal": N_("repeal of sanctions"),
    "specific_licence": N_("licence for one company"),
    "export_control": N_("export control rule"),
    "guidance": N_("guidance"),
    "national_law": N_("national law"),
    "case_law": N_("case law"),
    "industry_rule": N_("rule of an industry"),
}
_WHOM: Final = {
    "states": N_("binds states"),
    "companies_of": N_("binds companies of"),
    "persons_in": N_("binds persons in"),
    "operators_in": N_("binds operators in"),
    "members": N_("binds members"),
    "nobody": N_("binds nobody"),
}
_ADDRESSEES: Final = {
    "states": N_("speaks to states"),
    "companies": N_("speaks to companies"),
    "everyone": N_("speaks to everyone"),
}
_EFFECT: Final = {
    "prohibits": N_("prohibits"),
    "requires": N_("requires"),
    "permits": N_("permits"),
    "exempts": N_("exempts"),
    "repeals": N_("repeals"),
    "protects": N_("protects"),
    "guides": N_("guides"),
}
_BASIS: Final = {
    "source": N_("shown by a source"),
    "own": N_("own knowledge, no source seen"),
}
_TEXT_READ: Final = {
    "excerpt": N_("read in an excerpt"),
    "secondary": N_("known from a secondary source"),
    "opening": N_("its opening was read"),
    "summary": N_("a summary was read"),
    "none": N_("not read"),
}
_IN_FORCE: Final = {
    "in_force": N_("in force"),
    "in_force_by_own_knowledge": N_("in force, by own knowledge only"),
    "not_yet_in_force": N_("not yet in force"),
    "no_longer_in_force": N_("no longer in force"),
    "not_known": N_("not known whether in force"),
}

LAW_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "label": _LABEL,
    "label_meaning": _LABEL_MEANING,
    "certainty": _CERTAINTY,
    "role": _ROLE,
    "instrument_kind": _INSTRUMENT_KIND,
    "whom": _WHOM,
    "addressees": _ADDRESSEES,
    "effect": _EFFECT,
    "basis": _BASIS,
    "text_read": _TEXT_READ,
    "in_force": _IN_FORCE,
}
