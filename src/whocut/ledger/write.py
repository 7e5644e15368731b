"""Write a record as YAML that every reader takes for what it is.

Keys stand in the order of the model, the sources of a value after it; short mappings stand on one
line. A text that a reader of YAML 1.1 or 1.2 could take for a number, a date, a truth value or
nothing is quoted.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import yaml
from yaml.cyaml import CSafeDumper

from whocut.ledger.record import CutRecord, Reply, Source

__all__ = ["write_record", "write_replies", "write_sources"]

_WIDTH: Final = 100
_ON_ONE_LINE: Final = 84
"""Characters that a mapping may take to stand on one line with its key and indent."""
_LAST: Final = ("note", "from", "among")
"""Keys of provenance, which follow the value that they speak of."""
_STR: Final = "tag:yaml.org,2002:str"
_INT: Final = "tag:yaml.org,2002:int"
_MAP: Final = "tag:yaml.org,2002:map"
_SEQ: Final = "tag:yaml.org,2002:seq"
# PyYAML itself would leave 1e3, y, n, 0o17 and 2022-03 plain, and others would read them otherwise.
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"[-+.]?[0-9.][-+0-9_.,:/a-fA-FoOxXtTzZ~?% ]*")
_WORDS: Final = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", "~", "=")
)


def write_record(record: CutRecord) -> str:
    """Write one record; reading the text gives the same record."""
    return _serialized(_node(_ordered(msgspec.to_builtins(record)), is_top=True))


def write_replies(replies: Sequence[Reply]) -> str:
    """Write replies as they stand in a record, to be put into one by hand."""
    document = {"replies": [msgspec.to_builtins(one) for one in replies]}
    return _serialized(_node(_ordered(document), is_top=True))


def write_sources(sources: Mapping[str, Source]) -> str:
    """Write the sources that records share, in the order of their keys."""
    document = {key: msgspec.to_builtins(sources[key]) for key in sorted(sources)}
    return _serialized(_node(_ordered(document), is_top=True))


def _serialized(node: yaml.Node) -> str:
    text = yaml.serialize(node, Dumper=CSafeDumper, width=_WIDTH, allow_unicode=True)
    return str(text)


def _ordered(value: Any) -> Any:  # noqa: ANN401 - a document
    if isinstance(value, dict):
        keys = [key for key in value if key not in _LAST] + [key for key in _LAST if key in value]
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _node(value: Any, *, is_top: bool = False, is_inside: bool = False) -> yaml.Node:  # noqa: ANN401
    """Build the tree; ``is_inside`` says that a mapping around it stands on one line."""
    if isinstance(value, dict):
        is_flow = is_inside or (not is_top and _fits(value))
        pairs = [(_scalar(key), _node(item, is_inside=is_flow)) for key, item in value.items()]
        return yaml.MappingNode(_MAP, pairs, flow_style=is_flow)
    if isinstance(value, list):
        is_flow = is_inside or all(not isinstance(item, dict | list) for item in value)
        items = [_node(item, is_inside=is_flow) for item in value]
        return yaml.SequenceNode(_SEQ, items, flow_style=is_flow)
    return _scalar(value)


def _fits(value: Mapping[str, Any]) -> bool:
    if any(isinstance(item, dict) for item in value.values()):
        return False
    lists = [item for item in value.values() if isinstance(item, list)]
    if any(isinstance(item, dict | list) for items in lists for item in items):
        return False
    return len(str(value)) - 2 * len(value) <= _ON_ONE_LINE


def _scalar(value: str | int) -> yaml.ScalarNode:
    if isinstance(value, int):
        return yaml.ScalarNode(_INT, str(value))
    style = "'" if _is_misread(value) else None
    return yaml.ScalarNode(_STR, value, style=style)


def _is_misread(text: str) -> bool:
    return text.casefold() in _WORDS or _LOOKS_LIKE_A_NUMBER.fullmatch(text) is not None
