"""Cases as people write them: what is known is read, what is not is named."""

import pytest

from tests.unit.ledger.law.asking import answer, asked, mapping
from whocut.ledger.law import Label, load_law, read_case
from whocut.ledger.law.phrases import folded, read_phrases
from whocut.ledger.law.population_words import read_population
from whocut.ledger.law.question import ActorKind, Told
from whocut.ledger.law.service_words import read_services
from whocut.model.errors import InputError


@pytest.mark.parametrize(
    ("text", "places", "told"),
    [
        ("RU, customers not blocked", ("RU",), {"blocked": Told.EXCLUDED}),
        ("RU, incl. blocked persons not excluded", ("RU",), {"blocked": Told.INCLUDED}),
        ("RU, blocked persons only", ("RU",), {"blocked": Told.ONLY}),
        ("UA-Crimea", ("UA-43",), {}),
        ("UA-43", ("UA-43",), {}),
        ("Crimea, Ukraine", ("UA-43",), {}),
        ("the so-called DNR and LNR", ("UA-14", "UA-09"), {}),
        ("EU residents", ("EU",), {}),
        (
            "RU nationals resident in the EU",
            ("EU",),
            {"resides_in": "EEA", "nationals_of": ("RU",)},
        ),
        (
            "RU nationals resident in Germany",
            ("DE",),
            {"resides_in": "EEA", "nationals_of": ("RU",)},
        ),
        (
            "Russian nationals living in Serbia",
            ("RS",),
            {"resides_in": "not EEA", "nationals_of": ("RU",)},
        ),
        ("Iranians living in Canada", ("CA",), {"nationals_of": ("IR",)}),
        ("Iranians abroad", ("WORLD",), {"nationals_of": ("IR",)}),
        ("people in Canada with an IP history in Iran", ("CA",), {"nationals_of": ()}),
        ("residents of Iran", ("IR",), {"nationals_of": ()}),
        ("persons living in Russia", ("RU",), {"nationals_of": ()}),
        ("RU, a company not US-owned", ("RU",), {"owned_by": "not US", "person": "legal"}),
        ("RU, a company not EU-owned", ("RU",), {"owned_by": "not EU", "person": "legal"}),
        ("RU, US-owned", ("RU",), {"owned_by": "US"}),
        ("VE, private persons", ("VE",), {"person": "natural"}),
        ("VE, government users", ("VE",), {"government": Told.ONLY}),
        ("IR, not the government", ("IR",), {"government": Told.EXCLUDED}),
        ("users in Côte d'Ivoire", ("CI",), {}),
        ("Iran, Cuba and North Korea", ("IR", "CU", "KP"), {}),
        ("IN-JK", ("IN-JK",), {}),
        ("RU, Channel One", ("RU",), {"named": ("channel-one",)}),
        ("NO", ("NO",), {}),
        ("Cubans on the island", ("CU",), {}),
        ("a factory in Tabriz", ("IR",), {"person": "legal"}),
        ("Iranian developers in Canada", ("CA",), {"nationals_of": ("IR",), "person": "natural"}),
        ("Crimeans who moved to Lviv", ("UA",), {"nationals_of": ("UA-43",)}),
        ("DE, company; staff on a family visit to Iran", ("DE",), {"origins": ("IR",)}),
        ("everyone outside Russia", ("WORLD",), {}),
        ("all of Ukraine except Crimea", ("UA",), {}),
        ("Russian nationals outside EU/EEA/CH", ("RU",), {"resides_in": "not EEA"}),
        ("TV Novosti (RT)", ("RU",), {"named": ("rt",)}),
        ("an Indian firm listed by the EU", ("IN",), {"listed_by": ("EU",), "blocked": Told.ONLY}),
        ("RU, 49% owned by a blocked person", ("RU",), {"blocked": Told.EXCLUDED}),
        ("RU, half owned by a blocked person", ("RU",), {"blocked": Told.ONLY}),
        ("RU, non-SDN customers", ("RU",), {"blocked": Told.EXCLUDED}),
        ("a plant in Russia owned by a German group", ("RU",), {"owned_by": "EU"}),
        ("RU company not EU-/EEA-/Swiss-owned", ("RU",), {"owned_by": "not EU"}),
        ("residents of Saint Vincent and the Grenadines", ("VC",), {}),
    ],
)
def test_populations(text, places, told):
    found = read_population(load_law(), text)
    assert found.places == places
    assert found.unread == ()
    for name, value in told.items():
        assert getattr(found.people, name) == value
    if not told:
        assert found.people.blocked is Told.NOT_TOLD
        assert found.people.person == ""


@pytest.mark.parametrize(
    ("text", "ids", "traits"),
    [
        ("IP transit", ["ip_transit"], {}),
        ("code hosting, private or paid", ["code_hosting_private"], {}),
        ("code hosting, free public", ["code_hosting_public"], {}),
        ("code hosting, all plans", ["code_hosting_public", "code_hosting_private"], {}),
        ("internet communications, free", ["internet_communications"], {"cost": "free"}),
        ("SaaS, commercial", ["saas_commercial"], {}),
        (
            "enterprise-management software, cloud",
            ["enterprise_management_software"],
            {"delivery": "cloud"},
        ),
        ("cloud services", ["cloud_infrastructure"], {}),
        ("access to a broadcaster", ["news_access"], {}),
        ("social network, search, e-mail", ["social_network", "search", "email"], {}),
        ("creative software, accounts", ["creative_software"], {}),
        ("messaging, fee-based", ["messaging"], {"cost": "paid"}),
        ("cloud services to support communications", ["cloud_infrastructure"], {}),
        ("crypto-asset wallet", ["crypto_wallet"], {}),
        ("social network for books, free", ["social_network"], {"cost": "free"}),
        ("app store, VPN apps", ["app_store"], {}),
        ("messenger software, free download", ["messaging"], {"delivery": "download"}),
        (
            "cloud rendering, no link with communication",
            ["cloud_infrastructure"],
            {"supports": "none"},
        ),
        ("hosted ERP", ["enterprise_management_software"], {"delivery": "cloud"}),
        ("CAD software, home licence", ["design_software"], {"use": "personal"}),
        ("access to Meduza", ["news_access"], {}),
    ],
)
def test_services(text, ids, traits):
    found = read_services(load_law(), text)
    assert [one.id for one in found.services] == ids
    assert found.unread == ()
    for name, value in traits.items():
        assert all(getattr(one, name) == value for one in found.services)


def test_the_amount_of_a_wallet_is_read_from_either_field():
    assert asked(service_category="crypto wallet, over EUR 10,000").question.amount
    assert asked(
        population="RU nationals, holdings over EUR 10,000", service_category="crypto wallet"
    ).question.amount


def test_a_region_is_not_the_part_of_it_that_is_meant():
    law = load_law()
    assert read_population(law, "UA-14").whole == ("UA-14",)
    assert read_population(law, "Donetsk oblast").whole == ("UA-14",)
    assert read_population(law, "UA-14 (so-called DNR)").whole == ()
    assert read_population(law, "so-called DNR").whole == ()


@pytest.mark.parametrize("field", ["service_category", "population", "actor_jurisdiction"])
def test_what_is_not_recognised_is_named_and_not_guessed(field):
    found = answer(**{field: "zzyzx qwrt"})
    assert found.label is Label.UNCLEAR
    assert field in found.reasons[0]
    assert "zzyzx" in found.reasons[0]
    assert not any(one.decides for one in found.provisions)


def test_an_unknown_kind_of_actor_is_named():
    assert "actor_kind" in answer(actor_kind="wizard").reasons[0]


def test_a_word_that_is_left_over_lowers_the_confidence():
    plain = answer(population="RU, customers not blocked")
    found = answer(population="RU, customers not blocked, left-handed")
    assert plain.confidence == "high"
    assert found.label == plain.label
    assert found.confidence == "low"
    assert "left, handed" in found.confidence_capped_by


@pytest.mark.parametrize(
    "field", ["actor_kind", "actor_jurisdiction", "population", "service_category", "day"]
)
def test_a_field_that_is_absent_is_named(field):
    given = mapping()
    del given[field]
    with pytest.raises(InputError) as raised:
        read_case(load_law(), given, "file: case 3")
    assert raised.value.field == field
    assert "file: case 3" in str(raised.value)


@pytest.mark.parametrize("day", ["2022-02-30", "yesterday", "2022", "2022-03-04T17:00Z"])
def test_a_day_that_is_none_is_named(day):
    with pytest.raises(InputError) as raised:
        asked(day=day)
    assert raised.value.field == "day"


@pytest.mark.parametrize(
    ("title", "holder"),
    [
        ("GitHub serves Iran in full", "github"),
        ("A rival of GitHub limits Iran", None),
        ("GitHub's competitor limits Iran", None),
        ("GitLab limits Iran", None),
    ],
)
def test_a_licence_of_one_company_is_not_another_s(title, holder):
    assert asked(case=title).question.actor_id == holder


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("company", ActorKind.COMPANY),
        ("State body", ActorKind.STATE),
        ("court", ActorKind.STATE),
        ("ISP", ActorKind.OPERATOR),
        ("armed group", ActorKind.OTHER),
    ],
)
def test_kinds_of_actor(word, kind):
    assert asked(actor_kind=word).question.actor_kind is kind


def test_longest_phrases_win_and_each_word_counts_once():
    found = read_phrases("not US-owned", [("us owned", "owned"), ("not us owned", "not")])
    assert [one.value for one in found.hits] == ["not"]
    assert found.left == ()
    assert folded("E-mail, “free”") == "e mail free"


@pytest.mark.parametrize("jurisdiction", ["United Kingdom", "UK", "GB", "Britain"])
def test_jurisdictions_by_name(jurisdiction):
    assert asked(actor_jurisdiction=jurisdiction).question.actor_jurisdictions == ("GB",)


def test_several_jurisdictions():
    found = asked(actor_jurisdiction="US, Ireland").question
    assert found.actor_jurisdictions == ("US", "IE")
