"""Damage done to measurements, drawn from a seeded generator so that any of it can be had again."""

import copy
import json
import random
import string

from tests.unit.ingest import measurements as made

ENVELOPES = (
    lambda document: document,
    made.corpus_envelope,
    made.postcan_envelope,
    made.api_envelope,
)

STRANGE_VALUES = (
    None,
    True,
    False,
    0,
    -1,
    1,
    200,
    70_000,
    2**31,
    2**63,
    -(2**63) - 1,
    10**40,
    1e308,
    -0.0,
    0.5,
    "",
    "x",
    "null",
    "1",
    "AS0",
    "AS99999999999",
    "0.0.0.0",
    "::",
    "fe80::1%eth0",
    "[scrubbed]",
    "[::1]:443",
    "1.2.3.4:65536",
    "http://[",
    "http://a..b/",
    "https://" + "a" * 300 + ".example/",
    "http://\u0130\u00df\u200d.example/",
    "\x00\ud7ff\uffff\U0010ffff",
    "2024-02-30 00:00:00",
    "9999-12-31T23:59:59-23:59",
    "=",
    "%s%n{}",
    [],
    [None],
    [[]],
    ["x", 1],
    {},
    {"format": "base64", "data": "AA"},
    {"format": "base64", "data": "AAA="},
    {"format": "utf-8", "data": "AAA="},
    {"data": 7},
    {"failure": "generic_timeout_error"},
)

RAW_VALUES = (
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1e-999",
    b"00",
    b"9" * 5000,
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\\u0000"',
    b'"\\x"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b"[" * 5000 + b"]" * 5000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b"",
    b"{",
    b'"',
)

_MARK = "\ue000here\ue000"


def places(document):
    """Every holder and step of a JSON value, outermost first."""
    found = []
    pending = [document]
    while pending:
        holder = pending.pop()
        steps = holder.keys() if isinstance(holder, dict) else range(len(holder))
        for step in list(steps):
            found.append((holder, step))
            if isinstance(holder[step], (dict, list)):
                pending.append(holder[step])
    return found


class Mutator:
    """Draws one damaged record after another."""

    def __init__(self, seed, documents):
        self._dice = random.Random(seed)
        self._documents = documents

    def record(self):
        """One damaged record; it may hold newlines and then be several lines, or none."""
        dice = self._dice
        document = dice.choice(ENVELOPES)(copy.deepcopy(dice.choice(self._documents)))
        kind = dice.randrange(10)
        if kind < 5:
            for _ in range(dice.choice((1, 1, 1, 2, 5))):
                self._change(document)
            return self._encode(document)
        if kind < 7:
            return self._plant(document)
        return self._damage(self._encode(document))

    def _encode(self, document):
        text = json.dumps(document, ensure_ascii=self._dice.random() < 0.3)
        return text.encode("utf-8", "surrogatepass")

    def _change(self, document):
        """Swap, delete, add, double or damage one value at a random place."""
        dice = self._dice
        found = places(document)
        if not found:
            return
        holder, step = dice.choice(found)
        kind = dice.randrange(6)
        value = holder[step]
        if kind == 0 and isinstance(holder, dict):
            del holder[step]
        elif kind == 1 and isinstance(holder, list):
            holder.extend([value] * dice.choice((1, 50)))
        elif kind == 2 and isinstance(value, str) and value:
            at = dice.randrange(len(value))
            holder[step] = value[:at] + dice.choice(string.printable) + value[at + 1 :]
        elif kind == 3 and isinstance(holder, dict):
            holder[dice.choice(("failure", "body", "code", "raw", "content", ""))] = value
        else:
            holder[step] = copy.deepcopy(dice.choice(STRANGE_VALUES))

    def _plant(self, document):
        """Put bytes that no encoder writes where a value stands."""
        holder, step = self._dice.choice(places(document))
        holder[step] = _MARK
        data = json.dumps(document, ensure_ascii=False).encode()
        # Inside an envelope's string the mark stands escaped.
        mark = f'"{_MARK}"'.encode()
        if mark not in data:
            mark = json.dumps(_MARK)[1:-1].replace("\\", "\\\\").encode()
        return data.replace(mark, self._dice.choice(RAW_VALUES), 1)

    def _damage(self, data):
        dice = self._dice
        at = dice.randrange(len(data))
        kind = dice.randrange(4)
        if kind == 0:
            return data[:at]
        if kind == 1:
            until = min(len(data), at + dice.choice((1, 10, 1000)))
            return data[:at] + data[until:]
        if kind == 2:
            return data[:at] + dice.randbytes(dice.choice((1, 4, 64))) + data[at:]
        damaged = bytearray(data)
        for _ in range(dice.choice((1, 3, 30))):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        return bytes(damaged)
