"""Read a file of rules: every rule of its form, checked, its id its own."""

import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import ValidationError, convert

from whocut.model.errors import DamagedDataError

__all__ = ["read_rules"]

R = TypeVar("R")


def read_rules(
    text: str, source: str, form: type[R], checked: Callable[[R, str], R]
) -> tuple[R, ...]:
    """Read the rules of one TOML file, in its order.

    Raises: DamagedDataError naming the file and the rule.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DamagedDataError(str(error), source=source) from error
    rules: dict[str, R] = {}
    for number, record in enumerate(document.get("rule", ()), start=1):
        label = str(record.get("id", f"rule {number}"))
        try:
            rule = checked(convert(record, form), source)
        except ValidationError as error:
            raise DamagedDataError(str(error), source=source, field=label) from error
        if label in rules:
            raise DamagedDataError("id is used twice", source=source, field=label)
        rules[label] = rule
    return tuple(rules.values())
