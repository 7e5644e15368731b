"""Forms of the desk, and what comes out of a sealed file: read or refused, nothing else."""

from datetime import date

import atheris
import harness
import msgspec

with atheris.instrument_imports(include=["whocut.publish.desk"]):
    from whocut.publish.desk.form import (
        LIMITS,
        Body,
        days_of,
        read_correction,
        read_reply,
        read_report,
    )
    from whocut.publish.desk.parties import subject_of
    from whocut.publish.desk.revealing import revealing_parts
    from whocut.publish.desk.sealing import _SIZES, _decoded
    from whocut.publish.site.bounds import RefusedRequest, read_form

from whocut.model.errors import InputError

TODAY = date(2026, 11, 26)
TOKEN = "whocut-reply-" + "f" * 32
COUNTRIES = frozenset({"IR", "RU"})


def one_form(data):
    if data[:1] == b"S":
        a_sealed_body(data[1:])
        return
    try:
        form = read_form(data)
    except RefusedRequest as refused:
        assert refused.status in {400, 413}
        return
    for text in form.values():
        parts = revealing_parts(text)
        assert len(parts) <= 5
        assert all(len(part) <= 60 for part in parts)
        subject = subject_of(text)
        assert subject.isascii()
        assert len(subject) <= 253
    bodies = (
        read_report(form, countries=COUNTRIES, today=TODAY),
        read_reply(form, is_known=lambda _: True, token=TOKEN, today=TODAY),
        read_correction(form, is_known=lambda _: True, today=TODAY),
    )
    for body in bodies:
        if isinstance(body, tuple):
            assert body
        else:
            it_can_be_sealed(body)


def it_can_be_sealed(body):
    """What is taken is within its bounds, and reads back as the same."""
    packed = msgspec.msgpack.encode(body)
    assert len(packed) < _SIZES[-1]
    assert msgspec.msgpack.decode(packed, type=Body) == body
    assert len(body.text) <= LIMITS["reply"]
    if hasattr(body, "when"):
        first, last = days_of(body.when)
        assert first <= last
        assert len(packed) < _SIZES[0]


def a_sealed_body(padded):
    try:
        body = _decoded(padded, _SIZES[0], "fuzz")
    except InputError as refused:
        assert refused.source == "fuzz"
        return
    it_can_be_sealed(body)


REPORT = (
    b"service=GitHub&country=IR&when=2020-W10&happened=account_deactivation&text=gone%0D%0A"
    b"&reason=sanctions_law&reason_text=law&appeal=no_answer&sector=messaging&based_in=US"
)

if __name__ == "__main__":
    harness.fuzz(
        one_form,
        [
            REPORT,
            REPORT.replace(b"2020-W10", b"2019-Q4"),
            b"about=2022-03-cogent-ru&party=Cogent&domain=cogentco.com&text=We+answer",
            b"about=2022-03-cogent-ru&field=dates&text=wrong&source=https%3A%2F%2Fexample.org%2F",
            b"text=someone%40example.org+%2B7+912+345+67+89+%40handle+203.0.113.7&service=a.b/c",
            b"S" + b"\x80".ljust(8192, b"\x00"),
            b"S\x81\xa4type\xa6report\x80",
        ],
    )
