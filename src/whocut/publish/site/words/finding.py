"""Words for findings: what may be so, and how well that is shown."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["FINDING_WORDS"]

_HYPOTHESIS: Final = {
    "service_decided": N_("the service decided"),
    "edge_decided": N_("its edge, cloud or payment provider decided"),
    "state_interferes": N_("the state interferes"),
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

FINDING_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "hypothesis": _HYPOTHESIS,
    "finding_grade": _FINDING_GRADE,
}
