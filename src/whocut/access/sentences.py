"""What each rule says, in its own sentence: all that an answer needs of the rules."""

import tomllib
from functools import cache

from whocut.model.shipped import shipped_path

__all__ = ["rule_sentences"]


@cache
def rule_sentences() -> dict[str, str]:
    """Give the sentence of each shipped rule by its id, without loading the rules themselves."""
    paths = sorted(shipped_path("rules").glob("*.toml"))
    documents = (tomllib.loads(path.read_text("utf-8")) for path in paths)
    return {rule["id"]: rule["sentence"] for document in documents for rule in document["rule"]}
