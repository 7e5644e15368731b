"""Words for findings: what may be so, and how well that is shown."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["FINDING_WORDS"]

_HYPOTHESIS: Final = {
    "service_decided": N_("the service decided"),
    "edge_decided": N_("its edge, cloud or payment provider decided"),
    "state_interferes": N_("somebody on the way interferes, or a state or court had it done"),
    "operator_withdrew": N_("a network operator or backbone withdrew"),
    "outage": N_("outage"),
    "bot_check": N_("check for machines or addresses"),
    "no_cut": N_("no cut-off"),
}
_FINDING_GRADE: Final = {
    "proof": N_("proof"),
    "strong": N_("strong"),
    "suggestive": N_("suggestive"),
    "insufficient": N_("not enough evidence"),
    "contradicted": N_("contradicted by the evidence"),
}
_FINDING_STATUS: Final = {
    "disputed": N_("disputed"),
    "restored": N_("cut off, and given back"),
    "held": N_("it holds"),
    "refused_to_cut": N_("asked to cut off, and refused"),
    "no_cut": N_("no cut-off"),
    "insufficient": N_("not enough evidence"),
}

FINDING_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "hypothesis": _HYPOTHESIS,
    "finding_grade": _FINDING_GRADE,
    "finding_status": _FINDING_STATUS,
}
