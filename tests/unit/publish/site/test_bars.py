"""Rows of bars: nothing measured has no bar, and one scale is one scale."""

import itertools

from whocut.publish.site.charts.bars import Series, bar_chart


def chart(*series, labels=("2020", "2021", "2022")):
    return bar_chart("A title", labels, series)


class TestBars:
    def test_nothing_measured_has_no_bar_and_nought_has_one_of_no_height(self):
        (row,) = chart(Series("a", (None, 0.0, 1.0), "look-1")).rows
        assert [bar.height for bar in row.bars] == [0.0, 26.0]

    def test_a_scale_that_is_given_is_kept(self):
        few, many = chart(
            Series("few", (1.0, None, None), "look-1", most=10.0),
            Series("many", (10.0, None, None), "look-2", most=10.0),
        ).rows
        assert few.bars[0].height * 10 == many.bars[0].height

    def test_the_least_value_is_seen(self):
        (row,) = chart(Series("a", (0.001, 1.0, None), "look-1", most=1.0)).rows
        assert row.bars[0].height > 0

    def test_all_stays_within_the_drawing(self):
        drawn = chart(
            *(Series(str(n), (5.0, 2.0, 9.0), "look-1", shown=("5", "2", "9")) for n in range(9))
        )
        for row in drawn.rows:
            for bar in row.bars:
                assert 0 <= bar.x <= bar.x + bar.width <= drawn.width
                assert row.label_y < bar.number_y
        assert drawn.axis_y < drawn.height

    def test_rows_do_not_overlap(self):
        rows = chart(*(Series(str(n), (1.0, 1.0, 1.0), "look-1") for n in range(4))).rows
        for above, below in itertools.pairwise(rows):
            assert above.base < below.label_y - 8

    def test_names_under_the_axis_have_room(self):
        labels = [f"{day} Mar 2024" for day in range(26)]
        ticks = chart(Series("a", (1.0,) * 26, "look-1"), labels=labels).ticks
        assert 2 < len(ticks) < 10
        places = [tick.x for tick in ticks]
        assert all(after - before > 50 for before, after in itertools.pairwise(places))

    def test_nothing_at_all(self):
        assert chart(labels=()).rows == ()
