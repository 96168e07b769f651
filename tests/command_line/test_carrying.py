"""`graphmem export` and `import`: a memory leaves as a file and comes back as it was."""

import json
from pathlib import Path

import pytest

from graphmem import Memory
from tests.command_line.conftest import ADA, Command


@pytest.fixture
def told(graphmem: Command) -> Command:
    graphmem("add", "Kim works at Acme.", "Acme is in Lisbon.", *ADA)
    return graphmem


def test_what_is_exported_and_imported_is_the_same(told: Command, tmp_path: Path) -> None:
    written = told("export", "ada.jsonl", *ADA)
    assert written.code == 0
    assert "records written to ada.jsonl" in written.err
    other = ("--store", tmp_path / "other.db")
    assert told("import", "ada.jsonl", *other, *ADA).out != "0 new records from ada.jsonl\n"
    assert told("import", "ada.jsonl", *other, *ADA).out == "0 new records from ada.jsonl\n"
    assert told("export", "again.jsonl", *other, *ADA).code == 0
    assert Path("again.jsonl").read_bytes() == Path("ada.jsonl").read_bytes()
    assert "Kim works at Acme" in told("recall", "Where does Kim work?", *other, *ADA).out


def test_json_counts_the_records(told: Command, tmp_path: Path) -> None:
    exported = json.loads(told("export", "ada.jsonl", "--json", *ADA).out)
    header, space, *records = Path("ada.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"format"' in header
    assert exported == {"records": len([space, *records])}
    imported = json.loads(told("import", "ada.jsonl", "--store", tmp_path / "other.db", "--json", *ADA).out)
    assert imported == {"records": len(records)}


def test_a_link_to_a_backup_stays_a_link(told: Command) -> None:
    Path("backups").mkdir()
    Path("latest.jsonl").symlink_to(Path("backups", "ada.jsonl"))
    assert told("export", "latest.jsonl", *ADA).code == 0
    assert Path("latest.jsonl").is_symlink()
    assert Path("backups", "ada.jsonl").stat().st_size > 0


def test_a_place_that_is_not_there_is_named(told: Command) -> None:
    done = told("export", "missing/ada.jsonl", *ADA)
    assert done.code == 1
    assert "missing/ada.jsonl cannot be written" in done.err


def test_a_file_that_is_not_there_is_named(graphmem: Command) -> None:
    done = graphmem("import", "missing.jsonl", *ADA)
    assert done.code == 1
    assert "missing.jsonl cannot be read" in done.err


def test_a_corrupt_line_is_named_and_nothing_beside_it_is_kept(told: Command, tmp_path: Path) -> None:
    told("export", "ada.jsonl", *ADA)
    lines = Path("ada.jsonl").read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2][:-5]
    Path("ada.jsonl").write_text("\n".join(lines), encoding="utf-8")
    other = tmp_path / "other.db"
    done = told("import", "ada.jsonl", "--store", other, *ADA)
    assert done.code == 2
    assert "line 3" in done.err
    with Memory(other) as memory:
        assert memory.stats(user_id="ada").episodes == 0


def test_a_newer_export_is_refused_with_the_way_out(graphmem: Command) -> None:
    Path("new.jsonl").write_text('{"format":99,"graphmem":"memory"}\n', encoding="utf-8")
    done = graphmem("import", "new.jsonl", *ADA)
    assert done.code == 1
    assert "upgrade graphmem" in done.err
