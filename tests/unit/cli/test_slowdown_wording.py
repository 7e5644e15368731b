"""Slowdowns in words: every answer has its sentence, with n and doubt."""

from datetime import date
from typing import Any

import pytest

from whocut.access.slowdown.answers import ANSWERS
from whocut.cli.slowdown_wording import slowdown_line


def row(answer: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "week": date(2024, 1, 8),
        "answer": answer,
        "mechanism": "none",
        "shortfall": "",
        "n": 24,
        "n_networks": 3,
        "n_countries": 1,
        "rate_ratio": 0.1234,
        "rate_ratio_low": 0.08,
        "rate_ratio_high": 0.19,
        "service_ratio": 0.21,
        "network_ratio": 0.3,
        "cap": None,
        "n_stalled": 17,
        "stalled_share": 0.85,
        "stalled_share_elsewhere": 0.0,
        "stalled_at": 17_400.0,
    }
    return {**fields, **changes}


def test_a_throttle_names_interval_and_nobody() -> None:
    line = slowdown_line(row("throttled", mechanism="http.throttle", cap=16_000.0))
    assert line == (
        "Week of 2024-01-08: Held back here and not elsewhere, and not by the line "
        "(http.throttle): the rate is 0.12 times what line, service and earlier weeks explain "
        "(90 %: 0.08 to 0.19), the same on all networks: a cap of about 16 kB a second. "
        "24 timed answers, 3 networks, held against 1 other country. "
        "Who holds it back, timings do not show."
    )


def test_a_freeze_names_its_byte_count() -> None:
    line = slowdown_line(row("stalled", mechanism="http.stall.byte_count", n_countries=2))
    assert "17 answers, 85% of the long ones, stopped after about 17 kB; elsewhere 0% did" in line
    assert "2 other countries" in line


def test_too_little_says_what_is_missing() -> None:
    line = slowdown_line(row("insufficient", shortfall="fewer than 10 timed transfers"))
    assert line == (
        "Week of 2024-01-08: Slowed or not: not enough evidence "
        "(24 timed answers; fewer than 10 timed transfers)."
    )


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_has_words(answer: str) -> None:
    assert slowdown_line(row(answer)).endswith((".", ")."))
