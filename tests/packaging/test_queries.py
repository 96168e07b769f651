"""Which copy of `cypher/` is read, and by whom: the package's own once installed, the one people edit in a checkout."""

import tarfile
from pathlib import Path

import pytest

from graphmem import queries
from tests.packaging.conftest import ROOT, Elsewhere, built

FOLDER = "from graphmem import queries; print(queries.folder())"
QUERY = "from graphmem import queries; print(queries.load('read/facts').text)"


@pytest.fixture
def editable(tmp_path: Path) -> Elsewhere:
    """An environment that has the package as a link to this checkout."""
    return Elsewhere(tmp_path, built("wheel:editable", tmp_path / "dist"))


def test_the_installed_wheel_loads_its_own_queries(elsewhere: Elsewhere) -> None:
    assert Path(elsewhere.python(FOLDER).strip()).is_relative_to(elsewhere.folder / "env")
    assert elsewhere.python(QUERY).rstrip("\n") == queries.load("read/facts").text


def test_a_folder_called_cypher_where_somebody_works_is_not_read(elsewhere: Elsewhere) -> None:
    (elsewhere.folder / "cypher" / "read").mkdir(parents=True)
    (elsewhere.folder / "cypher" / "read" / "facts.cypher").write_text("// Not ours.\nRETURN 1 AS not_ours")
    (elsewhere.folder / "pyproject.toml").touch()
    assert "not_ours" not in elsewhere.python(QUERY)


def test_a_checkout_reads_the_files_that_people_edit() -> None:
    assert queries.folder() == ROOT / "cypher"


def test_an_editable_install_reads_the_checkout_and_not_the_copy_it_left_behind(editable: Elsewhere) -> None:
    assert list(editable.folder.glob("env/**/_cypher/read/facts.cypher")), "the copy that must not be read"
    assert Path(editable.python(FOLDER).strip()) == ROOT / "cypher"


def test_no_python_file_lies_among_the_queries() -> None:
    assert list((ROOT / "cypher").rglob("*.py")) == [], "an editable install would take it for the package"


def test_the_source_archive_brings_every_query(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        carried = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"cypher/{name}.cypher" for name in queries.names()} <= carried
