"""What a rule says, in its own sentence: all that an answer needs of the rules."""

import tomllib

from whocut.model.shipped import shipped_path

__all__ = ["rule_sentence"]

_HEAD = "[[rule]]"


def rule_sentence(rule_id: str) -> str:
    """Give the sentence of a shipped rule; empty where there is none of that id.

    Only the record itself is parsed: all of them take ten times as long as the rest of an answer.
    """
    for path in sorted(shipped_path("rules").glob("*.toml")):
        for record in path.read_text("utf-8").split(f"\n{_HEAD}\n"):
            if f'id = "{rule_id}"' in record:
                (rule,) = tomllib.loads(f"{_HEAD}\n{record}")["rule"]
                if rule["id"] == rule_id:
                    return str(rule["sentence"])
    return ""
