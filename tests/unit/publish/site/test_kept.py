from whocut.publish.site.kept import KeptPage, KeptPages


def _page(size):
    return KeptPage(b"x" * size, "t")


def test_pages_take_no_more_than_their_bytes_and_the_longest_unread_goes():
    kept = KeptPages(100_000)
    for n in range(10):
        kept.keep(("e", n), _page(9000))
    assert kept.find(("e", 0)) is not None  # read again: the next to go is 1
    kept.keep(("e", 10), _page(9000))
    assert kept.find(("e", 1)) is None
    assert kept.find(("e", 0)) is not None
    assert kept.n_bytes <= 100_000
    assert len(kept) == 10


def test_a_page_kept_twice_counts_once():
    kept = KeptPages(100_000)
    for _ in range(50):
        kept.keep(("e", 1), _page(9000))
    assert len(kept) == 1
    assert kept.n_bytes < 10_000


def test_a_page_that_would_push_out_many_is_not_kept():
    kept = KeptPages(100_000)
    kept.keep(("e", 1), _page(50_000))
    assert len(kept) == 0


def test_another_edition_forgets_all():
    kept = KeptPages(100_000)
    kept.turn_to("a")
    kept.keep(("a", 1), _page(10))
    kept.turn_to("a")
    assert len(kept) == 1
    kept.turn_to("b")
    assert (len(kept), kept.n_bytes) == (0, 0)
