"""A public name, a setting or a command that the reference does not mention is not finished."""

import inspect
import re
from pathlib import Path

import pytest
import typer.core
import typer.main

import graphmem
from graphmem import cli

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "graphmem").rglob("*.py"))
COMMANDS = typer.main.get_command(cli.app)
assert isinstance(COMMANDS, typer.core.TyperGroup)


def public_methods(owner: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(owner, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", graphmem.__all__)
def test_a_public_name_is_described_and_stands_in_the_reference(name: str) -> None:
    assert inspect.getdoc(getattr(graphmem, name)), f"{name} has no docstring"
    assert f"`{name}`" in REFERENCE


@pytest.mark.parametrize("verb", public_methods(graphmem.Memory))
def test_a_verb_is_described_and_stands_in_the_reference(verb: str) -> None:
    assert inspect.getdoc(getattr(graphmem.Memory, verb)), f"Memory.{verb} has no docstring"
    assert re.search(rf"\b{verb}\b", REFERENCE)


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"\bGRAPHMEM_[A-Z_]+\b|(?<=\")NEO4J_[A-Z_]+(?=\")", CODE))))
def test_a_setting_stands_in_the_reference(setting: str) -> None:
    assert f"`{setting}`" in REFERENCE


@pytest.mark.parametrize("command", sorted(COMMANDS.commands))
def test_a_command_is_described_and_stands_in_the_reference(command: str) -> None:
    assert COMMANDS.commands[command].help, f"graphmem {command} says nothing about itself"
    assert f"`{command}`" in REFERENCE
