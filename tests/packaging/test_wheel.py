import zipfile
from pathlib import Path

from tests.packaging.conftest import ROOT, Elsewhere

MEGABYTE = 1_000_000


def test_the_wheel_is_at_most_twelve_megabytes(wheel: Path) -> None:
    assert wheel.stat().st_size <= 12 * MEGABYTE


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    expected = {
        inside + path.relative_to(ROOT / folder).as_posix()
        for folder, inside in (("graphmem", "graphmem/"), ("cypher", "graphmem/_cypher/"))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert carried == expected
    assert {
        "graphmem/py.typed",
        "graphmem/data/static_minilm_256/table.npz",
        "graphmem/_cypher/read/facts.cypher",
        "graphmem/display/assets/explorer.html",
    } <= carried


def test_the_wheel_carries_its_licences_and_the_notice(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    lines = archive.read(metadata).decode().splitlines()
    assert "License-Expression: Apache-2.0" in lines
    contained = ("graphmem/data/static_minilm_256/LICENSE", "graphmem/display/assets/LICENSE")
    for licence in ("LICENSE", "NOTICE", *contained):
        assert f"License-File: {licence}" in lines
        assert metadata.replace("METADATA", f"licenses/{licence}") in archive.namelist()


def test_the_installed_wheel_recalls_a_fact_without_a_network(elsewhere: Elsewhere) -> None:
    answer = elsewhere.python(
        """
from graphmem import Memory
memory = Memory(":memory:")
memory.add("Ada works at Acme. Acme is in Lisbon.", user_id="ada")
print(memory.recall("Which city does Ada work in?", user_id="ada"))
"""
    )
    assert "Lisbon" in answer


def test_the_installed_wheel_runs_from_its_own_folder(elsewhere: Elsewhere) -> None:
    where = elsewhere.python("import graphmem; print(graphmem.__file__)")
    assert Path(where.strip()).is_relative_to(elsewhere.folder / "env")


def test_the_installed_wheel_brings_its_command(elsewhere: Elsewhere) -> None:
    assert "recall" in elsewhere.command("graphmem", "--help")


def test_importing_graphmem_loads_nothing_heavy(elsewhere: Elsewhere) -> None:
    loaded = elsewhere.python("import graphmem, sys; print(*sys.modules, sep='\\n')").split()
    assert "graphmem" in loaded
    assert not {"spacy", "openai", "neo4j", "networkx"} & set(loaded)
