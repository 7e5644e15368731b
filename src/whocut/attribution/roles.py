"""What each party is to the question, and in whose doing it has a stake."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Bundle, Party
from whocut.attribution.vocabulary import HypothesisId, PartyKind, Role

__all__ = ["HYPOTHESIS_OF_ROLE", "Cast", "cast_of"]

HYPOTHESIS_OF_ROLE: Final[Mapping[Role, HypothesisId]] = {
    Role.SERVICE: HypothesisId.SERVICE_DECIDED,
    Role.EDGE: HypothesisId.EDGE_DECIDED,
    Role.PAYMENT: HypothesisId.EDGE_DECIDED,
    Role.STATE: HypothesisId.STATE_INTERFERES,
    Role.OPERATOR: HypothesisId.OPERATOR_WITHDREW,
    Role.PROVIDER: HypothesisId.OPERATOR_WITHDREW,
}
_ROLE_OF_KIND: Final[Mapping[PartyKind, Role]] = {
    PartyKind.STATE: Role.STATE,
    PartyKind.COURT: Role.STATE,
    PartyKind.OPERATOR: Role.OPERATOR,
    PartyKind.SATELLITE: Role.OPERATOR,
    PartyKind.BACKBONE: Role.PROVIDER,
    PartyKind.IXP: Role.PROVIDER,
    PartyKind.CDN: Role.EDGE,
    PartyKind.CLOUD: Role.EDGE,
    PartyKind.HOSTING: Role.EDGE,
    PartyKind.APP_STORE: Role.EDGE,
    PartyKind.REGISTRY: Role.EDGE,
    PartyKind.REGISTRAR: Role.EDGE,
    PartyKind.CERTIFICATE_AUTHORITY: Role.EDGE,
    PartyKind.PAYMENT_NETWORK: Role.PAYMENT,
    PartyKind.BANK: Role.PAYMENT,
}
_MAY_BE_SERVICE: Final = frozenset({PartyKind.COMPANY, PartyKind.PROJECT})
_STATES: Final = frozenset({PartyKind.STATE, PartyKind.COURT})


class Cast(Struct, frozen=True):
    """The parties of a question, with their roles."""

    parties: Mapping[str, Party]
    roles: Mapping[str, Role]
    country: str
    state_countries: frozenset[str]
    """Countries of the states among the parties, and the one asked about."""

    def role_of(self, party: str | None) -> Role | None:
        """Give the role of a party; None of nobody."""
        return self.roles.get(party) if party is not None else None

    def hypothesis_about(self, party: str | None) -> HypothesisId | None:
        """Give the hypothesis that says that a party did it."""
        role = self.role_of(party)
        return HYPOTHESIS_OF_ROLE.get(role) if role is not None else None

    def with_role_for(self, hypothesis: HypothesisId) -> tuple[str, ...]:
        """List the parties of which a hypothesis may speak."""
        return tuple(one for one in self.roles if self.hypothesis_about(one) is hypothesis)

    def is_state(self, party: str | None) -> bool:
        """Tell whether a party is a state or court, or in their role."""
        if party is None or party not in self.roles:
            return False
        return self.roles[party] is Role.STATE or self.parties[party].kind in _STATES

    def has_stake(
        self, party: str | None, about: str | None, hypothesis: HypothesisId | None
    ) -> bool:
        """Tell whether what a party says of another is the word of an interested party."""
        if party is None or party not in self.roles:
            return False
        one, role = self.parties[party], self.roles[party]
        if role in HYPOTHESIS_OF_ROLE or role is Role.RIVAL or self.is_state(party):
            return True
        if one.kind is PartyKind.ARMED_GROUP:
            return True
        if one.kind is PartyKind.STATE_MEDIA:
            return one.country is None or one.country in self.state_countries
        stakes = {about, hypothesis.value if hypothesis else None, "*"} - {None}
        return not stakes.isdisjoint(one.interests)


def _role(party: Party, bundle: Bundle) -> Role:
    if party.role is not None:
        return party.role
    if bundle.question.service == party.id:
        return Role.SERVICE
    if party.kind not in _MAY_BE_SERVICE:
        return _ROLE_OF_KIND.get(party.kind, Role.OBSERVER)
    others = [
        one
        for one in bundle.parties
        if one.id != party.id
        and (
            one.role is Role.SERVICE
            or one.id == bundle.question.service
            or (one.role is None and one.kind in _MAY_BE_SERVICE)
        )
    ]
    return Role.OBSERVER if others else Role.SERVICE


def cast_of(bundle: Bundle) -> Cast:
    """Give each party its role."""
    roles = {party.id: _role(party, bundle) for party in bundle.parties}
    countries = {
        party.country
        for party in bundle.parties
        if party.country and (party.kind in _STATES or roles[party.id] is Role.STATE)
    }
    return Cast(
        parties={party.id: party for party in bundle.parties},
        roles=roles,
        country=bundle.question.country,
        state_countries=frozenset({bundle.question.country, *countries}),
    )
