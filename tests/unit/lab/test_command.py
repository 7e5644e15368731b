"""The lab's command line and its documents, as far as they need no namespace."""

from __future__ import annotations

import os
import typing
from typing import TYPE_CHECKING

import msgspec
import pytest

from whocut_lab.__main__ import main
from whocut_lab.actions import Action
from whocut_lab.pages import page_names
from whocut_lab.scenario import Scenario, Site, load_scenarios
from whocut_lab.topology import load_topology

if TYPE_CHECKING:
    from pathlib import Path


def test_list_names_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    listed = {line.split("\t")[0] for line in capsys.readouterr().out.splitlines()}
    assert listed == {s.id for s in load_scenarios(load_topology())}


def test_check_says_which_file_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    (tmp_path / "odd.toml").write_text("format = 7\n")
    assert main(["check", "--scenarios", str(tmp_path)]) == 1
    assert "odd.toml" in capsys.readouterr().err


def test_usage_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--scenarios", "/nonexistent"]) == 2
    assert "no folder" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["explode"])
    assert ended.value.code == 2


def test_without_root_it_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["run", "--scenario", "healthy"]) == 2
    assert "it needs root" in capsys.readouterr().err


def test_the_format_is_documented_in_full(repo_dir: Path) -> None:
    """Every action, field, value and page of the format is in its document."""
    text = (repo_dir / "docs/lab-scenarios.md").read_text()
    missing = [f"`{name}`" for name in page_names() if f"`{name}`" not in text]
    for action in typing.get_args(Action):
        info = msgspec.inspect.type_info(action)
        assert isinstance(info, msgspec.inspect.StructType)
        if f"**`{info.tag}`**" not in text:
            missing.append(str(info.tag))
        for field in info.fields:
            if f"`{field.encode_name}`" not in text:
                missing.append(f"{info.tag}.{field.encode_name}")
            if isinstance(field.type, msgspec.inspect.EnumType):
                values = [value.value for value in field.type.cls]
                missing += [f"{info.tag}.{field.name}={v}" for v in values if f"`{v}`" not in text]
    missing += [f for f in Site.__struct_encode_fields__ if f"`{f}`" not in text]
    missing += [f for f in Scenario.__struct_encode_fields__ if f not in text]
    assert missing == []
