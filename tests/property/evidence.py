"""Draw bundles of evidence: parties, and evidence that speaks for, against, or of nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PARTIES: list[dict[str, Any]] = [
    {
        "id": "service",
        "name": "Service Inc.",
        "kind": "company",
        "country": "US",
        "role": "service",
    },
    {"id": "edge", "name": "Edge CDN", "kind": "cdn", "country": "US"},
    {"id": "regulator", "name": "Regulator", "kind": "state", "country": "RU"},
    {"id": "isp", "name": "One ISP", "kind": "operator", "country": "RU", "asns": [64500]},
    {"id": "backbone", "name": "Backbone", "kind": "backbone", "country": "US", "asns": [64496]},
    {"id": "rival", "name": "Rival Co.", "kind": "company", "role": "rival"},
    {"id": "press-a", "name": "Press A", "kind": "press"},
    {"id": "press-b", "name": "Press B", "kind": "press"},
    {"id": "ngo", "name": "Net Watch", "kind": "ngo"},
]
DOERS = {
    "service_decided": "service",
    "edge_decided": "edge",
    "state_interferes": "regulator",
    "operator_withdrew": "backbone",
}
QUESTION = {"country": "RU", "target": "site.example", "since": "2024-05-01", "until": "2024-07-31"}
WEEKS = ["2024-05-06", "2024-05-27", "2024-06-03", "2024-06-10", "2024-07-01"]
DAYS = ["2024-05-02", "2024-05-20", "2024-06-05", "2024-06-20", "2024-07-10"]
ANSWERS = [
    *("served", "refused_service", "refused_edge", "refused", "interfered", "cut_unattributed"),
    *("target_down", "network_down", "bot_check", "measurement_fault", "insufficient"),
]
MECHANISMS = [
    *("", "http.refusal.geo_explicit", "http.refusal.vague", "tls.reset.sni", "tls.timeout"),
    *("dns.injection.bogon", "http.blockpage.cleartext", "tcp.timeout"),
]
HYPOTHESES = [*DOERS, "outage", "bot_check", "no_cut"]


def bundle(evidence: list[dict[str, Any]]) -> dict[str, Any]:
    """Put evidence into a document; ids are by content, so that no order shows."""
    return {
        "format": "whocut-bundle/1",
        "question": QUESTION,
        "parties": PARTIES,
        "evidence": evidence,
    }


@st.composite
def cells(draw: st.DrawFn) -> dict[str, Any]:
    networks, countries = draw(st.integers(0, 8)), draw(st.integers(0, 12))
    n = draw(st.integers(0, 60))
    return {
        "kind": "cell",
        "when": draw(st.sampled_from(WEEKS)),
        "answer": draw(st.sampled_from(ANSWERS)),
        "mechanism": draw(st.sampled_from(MECHANISMS)),
        "n": n,
        "n_networks": networks,
        "n_networks_cut": draw(st.integers(0, networks)),
        "n_countries": countries,
        "n_countries_served": draw(st.integers(0, countries)),
        "platform": draw(st.sampled_from(["ooni", "other"])),
    }


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    one: dict[str, Any] = {
        "kind": "claim",
        "type": draw(
            st.sampled_from(
                [
                    *("announces", "admits", "orders", "denies", "alleges", "reports"),
                    *("demands", "refuses_to_cut", "restores", "replies"),
                ]
            )
        ),
        "speaker": draw(st.sampled_from([party["id"] for party in PARTIES])),
        "when": draw(st.sampled_from(DAYS)),
        "source": {
            "publisher": draw(st.sampled_from(["A", "B", "C"])),
            "stance": draw(st.sampled_from(["primary", "press", "forum", "state_media", "ngo"])),
            "read": draw(st.sampled_from(["full", "excerpt", "linked"])),
        },
        "carried_out": draw(st.sampled_from(["yes", "partly", "no", "unknown"])),
        "layer": draw(st.sampled_from(["http", "account", "route", "unstated"])),
    }
    if draw(st.booleans()):
        one["about"] = draw(st.sampled_from([party["id"] for party in PARTIES]))
    if draw(st.booleans()):
        one["hypothesis"] = draw(st.sampled_from(HYPOTHESES))
    return one


@st.composite
def others(draw: st.DrawFn) -> dict[str, Any]:
    return draw(
        st.sampled_from(
            [
                {"kind": "outage", "when": "2024-06-01/2024-06-12", "cause": "cable"},
                {"kind": "outage", "when": "2024-06-01/2024-06-12", "cause": "unknown"},
                {"kind": "outage", "cause": "power", "told_by": "regulator"},
                {"kind": "control", "when": "2024-06-03", "answer": "down", "n_countries": 9},
                {"kind": "control", "when": "2024-06-03", "answer": "fine", "n_countries": 9},
                {"kind": "control", "of": "other_services", "answer": "fine"},
                {"kind": "report", "when": "2024-06", "n": 40, "what": "cannot_reach"},
                {"kind": "report", "when": "2024-06", "n": 3, "what": "closed_account"},
                {"kind": "context", "instrument": "a-law", "effect": "required"},
                {"kind": "span", "cause": "interfered", "onset": "2024-05-27", "n": 90}
                | {"n_networks": 6, "mechanism": "tls.reset.sni"},
                {"kind": "slowdown", "when": "2024-06-03", "answer": "throttled", "n": 90}
                | {"n_networks": 6, "n_networks_slow": 6, "other_services": "normal"},
                {"kind": "route_change", "change": "lost", "provider_asn": 64496, "n": 20}
                | {"n_lost": 8, "verdict": "single", "grade": "B", "first_after": "2024-06"}
                | {"hypotheses": {"provider": "leading"}},
                {"kind": "route_change", "change": "stayed", "provider_asn": 64496},
                {"kind": "dossier", "what": "of a kind that is not known"},
            ]
        )
    )


def evidence() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(cells(), claims(), others())


def truth_of(hypothesis: str) -> list[dict[str, Any]]:
    """Give evidence that speaks for one doer, and of which nothing speaks against it."""
    doer = DOERS[hypothesis]
    when = {"when": "2024-06-10"}
    said = {"kind": "claim", "speaker": doer, **when}
    found: list[dict[str, Any]] = [
        {**said, "type": "admits", "source": {"stance": "primary", "read": "full"}},
        {**said, "type": "admits", "source": {"stance": "press", "publisher": "D"}},
        {**said, "type": "announces", "source": {"stance": "press", "publisher": "E"}},
        {"kind": "claim", "type": "reports", "speaker": "press-a", "about": doer, **when},
        {"kind": "claim", "type": "reports", "speaker": "press-b", "about": doer, **when},
    ]
    many = {"n": 80, "n_networks": 8, "n_networks_cut": 8, "n_countries": 9}
    cell = {"kind": "cell", **when, **many, "n_countries_served": 9}
    answers = {
        "service_decided": ("refused_service", "http.refusal.geo_explicit"),
        "edge_decided": ("refused_edge", "http.refusal.cloud"),
        "state_interferes": ("interfered", "dns.injection.bogon"),
    }
    if hypothesis in answers:
        answer, mechanism = answers[hypothesis]
        found += [{**cell, "answer": answer, "mechanism": mechanism, "platform": "third"}]
        found += [{**cell, "answer": answer, "mechanism": mechanism, "when": "2024-07-01"}]
    else:
        found.append(
            {"kind": "route_change", "change": "lost", "provider_asn": 64496, "n": 30}
            | {"n_lost": 12, "verdict": "several", "grade": "A", "first_after": "2024-06"}
            | {"hypotheses": {"provider": "leading"}}
        )
    return found
