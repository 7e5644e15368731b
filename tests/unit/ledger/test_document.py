"""The ledger's YAML: text stays text, and what is ambiguous stops with line and field."""

import os

import pytest

from whocut.ledger.document import MAX_DEPTH, line_of, read_document, read_document_file
from whocut.model.errors import InputError


@pytest.mark.parametrize(
    "scalar",
    [
        *("NO", "no", "y", "on", "True", "1e3", "0x10", "017", "1_000", "12:30:45", ".inf", ".NaN"),
        *("2022-03-04", "2022-03-04T17:00Z", "1.10", "+7", "=", "<<", "Null", "NULL"),
    ],
)
def test_every_scalar_is_text(scalar):
    assert read_document(f"value: {scalar}\n", "a.yaml") == {"value": scalar}
    assert read_document(f"[{scalar}]", "a.yaml") == [scalar]


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_is_nothing_unless_it_is_quoted(nothing):
    assert read_document(f"value: {nothing}\n", "a.yaml") == {"value": None}
    assert read_document(f"value: '{nothing}'\n", "a.yaml") == {"value": nothing}
    assert read_document(f'value: "{nothing}"\n', "a.yaml") == {"value": nothing}


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "'a' stands twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "a.b", "'b' stands twice"),
        ("a: &x 1\nb: *x\n", 1, "a", "an anchor"),
        ("a: *x\n", 1, "a", "an alias"),
        ("a:\n- 1\n- !!int 2\n", 3, "a[1]", "a tag"),
        ("a: !ruby/object 2\n", 1, "a", "a tag"),
        ("? [a, b]\n: 1\n", 1, None, "a key that is not plain text"),
        ("a: 1\n---\nb: 2\n", 2, None, "a second document"),
        ("a: [1, 2\n", 2, None, "did not find expected"),
        ("a: 'b\n", 2, None, "unexpected end"),
        ("a:\n\t- b\n", 2, None, "cannot start any token"),
        ("- " * (MAX_DEPTH + 1) + "a", 1, "[0]" * MAX_DEPTH, "nested deeper"),
    ],
)
def test_what_is_ambiguous_names_line_and_field(text, line, field, says):
    with pytest.raises(InputError, match=says) as caught:
        read_document(text, "a.yaml")
    assert caught.value.source == "a.yaml"
    assert caught.value.field == field
    assert f"line {line}: " in caught.value.reason


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_an_empty_file(text):
    with pytest.raises(InputError, match="empty"):
        read_document(text, "a.yaml")


def test_control_characters_are_refused():
    with pytest.raises(InputError):
        read_document("a: \x00\n", "a.yaml")


def test_depth_to_the_limit_is_read():
    assert read_document("- " * MAX_DEPTH + "a", "a.yaml")


class TestFiles:
    def test_not_utf_8(self, tmp_path):
        path = tmp_path / "a.yaml"
        path.write_bytes(b"a: \xff\n")
        with pytest.raises(InputError, match="not UTF-8") as caught:
            read_document_file(path)
        assert caught.value.offset == 3

    def test_too_large(self, tmp_path):
        path = tmp_path / "a.yaml"
        path.write_bytes(b"#" * ((4 << 20) + 1))
        with pytest.raises(InputError, match="larger than 4 MiB"):
            read_document_file(path)

    def test_not_there(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_document_file(tmp_path / "a.yaml")


TEXT = """\
a: 1
b:
  c:
  - d: 2
  - {d: 3, e: 4}
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("a", 1),
        ("b", 3),  # a block begins with its first key
        ("b.c[0].d", 4),
        ("b.c[1]", 5),
        ("b.c[1].e", 5),
        ("b.c[1].missing", 5),  # where the nearest part above it stands
        ("b.c[7].d", 4),
        ("missing", 1),
        ("", 1),
    ],
)
def test_the_line_of_a_field(field, line):
    assert line_of(TEXT, field) == line


def test_a_broken_text_has_no_lines():
    assert line_of("a: [", "a") is None


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="not a file"):
        read_document_file(tmp_path / "pipe.yaml")


def test_a_device_without_end_is_not_read(tmp_path):
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="not a file"):
        read_document_file(tmp_path / "zero.yaml")
