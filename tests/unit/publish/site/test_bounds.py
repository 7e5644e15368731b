import pytest

from whocut.publish.site.bounds import (
    MOST_FORM_BYTES,
    MOST_PARAMETERS,
    MOST_QUERY_BYTES,
    HeardQuery,
    RefusedRequest,
    check_path,
    read_form,
    read_query,
)


def test_the_first_of_several_values_counts():
    assert read_query(b"a=1&b=%D0%B9&a=2&c=") == {"a": "1", "b": "й", "c": ""}


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"q=" + b"a" * MOST_QUERY_BYTES, 414),
        (b"&".join(b"a%d=1" % n for n in range(MOST_PARAMETERS + 1)), 400),
        (b"q=%00", 400),
        (b"q=a%0Ab", 400),
        (b"q=%1B[31m", 400),
        (b"q=%C2%85", 400),
        (b"%00=1", 400),
        (b"q=%FF", 400),
        (b"q=\xff", 400),
        (b"q=%ED%A0%80", 400),
    ],
)
def test_a_query_that_no_form_of_ours_makes_is_refused(raw, status):
    with pytest.raises(RefusedRequest) as refused:
        read_query(raw)
    assert refused.value.status == status


def test_a_form_may_have_lines_and_nothing_else_that_controls():
    assert read_form(b"words=a%0D%0Ab%09c") == {"words": "a\r\nb\tc"}
    with pytest.raises(RefusedRequest):
        read_form(b"words=a%00")
    with pytest.raises(RefusedRequest) as refused:
        read_form(b"a" * (MOST_FORM_BYTES + 1))
    assert refused.value.status == 413


@pytest.mark.parametrize("path", ["/c/RU\x00", "/d/\ufffd", "/d/a\nb", "/" + "a" * 2000])
def test_a_path_that_no_page_has_is_refused(path):
    with pytest.raises(RefusedRequest):
        check_path(path)


def test_what_is_asked_for_is_noted_and_the_rest_is_not():
    query = HeardQuery({"page": "2", "utm_source": "x"})
    assert query.get("page") == "2"
    assert query.get("q", "") == ""
    assert query.heard == {"page", "q"}
    assert dict(query) == {"page": "2", "utm_source": "x"}
    assert "utm_source" in query.heard
