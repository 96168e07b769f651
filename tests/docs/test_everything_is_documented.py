"""A public name, a setting or a command that the README does not mention is not finished."""

import inspect
import re
from pathlib import Path

import pytest
import typer.core
import typer.main

import graphmem
from graphmem import cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "graphmem").rglob("*.py"))
COMMANDS = typer.main.get_command(cli.app)
assert isinstance(COMMANDS, typer.core.TyperGroup)


def public_methods(owner: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(owner, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", graphmem.__all__)
def test_a_public_name_is_described_and_stands_in_the_readme(name: str) -> None:
    assert inspect.getdoc(getattr(graphmem, name)), f"{name} has no docstring"
    assert f"`{name}`" in README


@pytest.mark.parametrize("verb", public_methods(graphmem.Memory))
def test_a_verb_is_described_and_stands_in_the_readme(verb: str) -> None:
    assert inspect.getdoc(getattr(graphmem.Memory, verb)), f"Memory.{verb} has no docstring"
    assert re.search(rf"\b{verb}\b", README)


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"\bGRAPHMEM_[A-Z_]+\b|(?<=\")NEO4J_[A-Z_]+(?=\")", CODE))))
def test_a_setting_stands_in_the_readme(setting: str) -> None:
    assert f"`{setting}`" in README


@pytest.mark.parametrize("command", sorted(COMMANDS.commands))
def test_a_command_is_described_and_stands_in_the_readme(command: str) -> None:
    assert COMMANDS.commands[command].help, f"graphmem {command} says nothing about itself"
    assert f"`{command}`" in README
