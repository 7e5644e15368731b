"""Weekly plots: what is measured is drawn, what is not stays empty."""

from datetime import date, timedelta

from whocut.cli.plots import is_plot_wanted, weekly_plot

WEEKS = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(20)]


def test_heights_follow_the_shares():
    text = weekly_plot(WEEKS, {"I interfered": [n / 19 for n in range(20)]}, width=80)
    lines = [line for line in text.splitlines() if "I" in line]
    columns = [line.index("I") for line in lines]
    assert columns == sorted(columns, reverse=True)  # upper lines hold later weeks
    assert text.startswith("     ┌")
    assert "2024-01-01" in text


def test_a_week_without_a_value_is_empty_and_weeks_keep_their_places():
    gap = [week for n, week in enumerate(WEEKS) if not 5 <= n < 12]
    text = weekly_plot(gap, {"S served": [1.0] * len(gap)}, width=80)
    (line,) = [line for line in text.splitlines() if "S" in line]
    before, after = line.split("      ", 1)
    assert before.count("S") == 5
    assert after.count("S") == 8
    nothing = weekly_plot(WEEKS, {"S served": [None] * 20}, width=80)
    assert "S" not in nothing


def test_small_shares_are_seen():
    text = weekly_plot(WEEKS, {"C cut": [0.03] * 20}, width=60)
    assert "5 %" in text and "100 %" not in text


def test_plain_letters_and_width():
    for width in (40, 100):
        text = weekly_plot(WEEKS, {"S served": [1.0] * 20}, width=width, is_ascii=True)
        assert text.isascii()
        assert max(map(len, text.splitlines())) <= width
    assert weekly_plot(WEEKS[:1], {"S served": [1.0]}, width=60)


def test_when_it_is_drawn():
    assert is_plot_wanted(True, is_table=True, weeks=1)
    assert not is_plot_wanted(True, is_table=False, weeks=20)
    assert not is_plot_wanted(False, is_table=True, weeks=20)
    assert not is_plot_wanted(None, is_table=True, weeks=20)  # no terminal here
