"""`graphmem add`: texts, files, lines of JSON and standard input."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from graphmem import Change, Ingested, Memory
from tests.command_line.conftest import ADA, Command

TOLD = TypeAdapter(list[Change | Ingested])


def texts(store: Path, user: str = "ada") -> list[str]:
    with Memory(store) as memory:
        return sorted(fact.text for fact in memory.facts(user_id=user))


def episodes(store: Path, user: str = "ada") -> int:
    with Memory(store) as memory:
        return memory.stats(user_id=user).episodes


def test_a_text_is_remembered_and_what_changed_is_the_answer(graphmem: Command, store: Path) -> None:
    done = graphmem("add", "Ada works at Acme.", *ADA)
    assert done.code == 0
    assert "added" in done.out
    assert "Ada works at Acme." in done.out
    assert done.err == ""
    assert texts(store) == ["Ada works at Acme."]


def test_several_texts_are_several_episodes(graphmem: Command, store: Path) -> None:
    assert graphmem("add", "Ada works at Acme.", "Acme is in Lisbon.", *ADA).code == 0
    assert episodes(store) == 2


def test_standard_input_is_a_text(graphmem: Command, store: Path) -> None:
    assert graphmem("add", "-", *ADA, stdin="Ada lives in Évora.".encode()).code == 0
    assert texts(store) == ["Ada lives in Évora."]


def test_standard_input_may_be_lines_of_json(graphmem: Command, store: Path) -> None:
    lines = b'{"text": "Ada works at Acme."}\n\n{"text": "Acme is in Lisbon."}\n'
    done = graphmem("add", "-", *ADA, stdin=lines)
    assert done.code == 0
    assert "2 episodes" in done.out
    assert episodes(store) == 2


@pytest.mark.parametrize("name", ["notes.txt", "notes.md"])
def test_a_file_is_a_document_known_by_its_path(graphmem: Command, store: Path, name: str) -> None:
    Path(name).write_text("Acme is in Lisbon.", encoding="utf-8")
    assert graphmem("add", name, *ADA).code == 0
    again = graphmem("add", name, *ADA)
    assert "skipped" in again.out
    with Memory(store) as memory:
        [hit] = memory.recall("Where is Acme?", user_id="ada").hits
    assert hit.source_id == name
    assert episodes(store) == 1


def test_files_of_one_name_in_two_folders_are_two(graphmem: Command, store: Path) -> None:
    for folder in ("spring", "summer"):
        Path(folder).mkdir()
        Path(folder, "notes.md").write_text(f"Acme opened an office in {folder}.", encoding="utf-8")
    assert graphmem("add", "spring/notes.md", "summer/notes.md", *ADA).code == 0
    assert episodes(store) == 2


def test_a_changed_file_is_refused_until_it_may_replace(graphmem: Command, store: Path) -> None:
    notes = Path("notes.md")
    notes.write_text("Acme is in Lisbon.", encoding="utf-8")
    graphmem("add", notes, *ADA)
    notes.write_text("Acme is in Porto.", encoding="utf-8")
    refused = graphmem("add", notes, *ADA)
    assert refused.code == 1
    assert "notes.md" in refused.err
    assert ["Lisbon" in text for text in texts(store)] == [True]
    assert graphmem("add", notes, "--replace", *ADA).code == 0
    assert ["Porto" in text for text in texts(store)] == [True]


def test_lines_of_json_are_counted_and_known_when_they_come_again(graphmem: Command, store: Path) -> None:
    lines = [{"text": f"Ada met Kim {number} times.", "source_id": f"m{number}"} for number in range(3)]
    Path("chat.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    first = graphmem("add", "chat.jsonl", *ADA)
    assert first.code == 0
    assert "3 episodes" in first.out
    assert "3 known already" in graphmem("add", "chat.jsonl", *ADA).out
    assert episodes(store) == 3


def test_a_line_ends_where_the_file_says_and_not_within_a_text(graphmem: Command, store: Path) -> None:
    text = "Ada works at Acme.\u2028Acme is in Lisbon."
    Path("chat.jsonl").write_text(json.dumps({"text": text}, ensure_ascii=False) + "\r\n", encoding="utf-8-sig")
    assert graphmem("add", "chat.jsonl", *ADA).code == 0
    assert episodes(store) == 1


def test_json_tells_changes_and_what_files_brought_in_the_order_of_the_arguments(graphmem: Command) -> None:
    Path("chat.jsonl").write_text('{"text": "Acme is in Lisbon."}', encoding="utf-8")
    done = graphmem("add", "Ada works at Acme.", "chat.jsonl", "--json", *ADA)
    change, ingested = TOLD.validate_json(done.out)
    assert isinstance(change, Change)
    assert change.text == "Ada works at Acme."
    assert isinstance(ingested, Ingested)
    assert ingested.episodes == 1
    assert done.err == ""


def test_a_text_may_have_been_said_earlier(graphmem: Command) -> None:
    graphmem("add", "I work at Acme.", "--at", "2024-05-01T12:00:00+00:00", *ADA)
    assert "2024-05-01" in graphmem("recall", "Where do I work?", *ADA).out


def test_the_first_memory_makes_the_folder_of_the_default_store(
    graphmem: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHMEM_URL")
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "fresh"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "fresh" / "data"))
    assert graphmem("recall", "Where does Ada work?", *ADA).code == 3
    assert graphmem("add", "Ada works at Acme.", *ADA).code == 0
    assert [path.name for path in (tmp_path / "fresh").rglob("*.db")] == ["memory.db"]


def test_a_folder_that_somebody_names_is_not_made(graphmem: Command, tmp_path: Path) -> None:
    done = graphmem("add", "Ada works at Acme.", "--store", tmp_path / "typo" / "memory.db", *ADA)
    assert done.code == 1
    assert "folder" in done.err
    assert not (tmp_path / "typo").exists()


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
REFUSED = {
    "a missing file": ("missing.txt", None, "missing.txt looks like a file, and there is none"),
    "missing lines": ("missing.jsonl", None, "missing.jsonl looks like a file, and there is none"),
    "a binary file": ("photo.jpg", JPEG, "photo.jpg is not UTF-8 text (byte 0)"),
    "a file with NUL": ("half.txt", b"Ada\x00Kim", "half.txt: content holds a NUL character at 3"),
    "an empty file": ("empty.md", b"", "empty.md: content is empty"),
    "an empty text": ("", None, "content is empty"),
    "broken lines": ("chat.jsonl", b'{"text": "Ada sings."}\n{"text": ', "chat.jsonl, line 2 is not JSON"),
    "deep lines": ("chat.jsonl", b"[" * 100_000, "chat.jsonl, line 1 is not JSON"),
    "no object": ("chat.jsonl", b'{"text": "Ada sings."}\n\n["Kim"]', "chat.jsonl, line 3 is no object"),
    "no text": ("chat.jsonl", b'\n{"text": "Ada sings."}\n{"at": null}', "chat.jsonl, line 3: episode 1: text is"),
    "an unknown field": ("chat.jsonl", b'{"txt": "Ada sings."}', "chat.jsonl, line 1: episode 0 has unknown fields"),
    "no time zone": ("chat.jsonl", b'{"text": "x", "at": "2025-01-01"}', "chat.jsonl, line 1: episode 0: 2025-01-01"),
    "a long line": (
        "chat.jsonl",
        json.dumps({"text": "x" * 1_000_001}).encode(),
        "line 1: episode 0: text has 1,000,0",
    ),
}


@pytest.mark.parametrize(("name", "content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named_and_nothing_is_stored(
    graphmem: Command, store: Path, name: str, content: bytes | None, said: str
) -> None:
    graphmem("add", "Ada works at Acme.", *ADA)
    if content is not None:
        Path(name).write_bytes(content)
    done = graphmem("add", name, *ADA)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert texts(store) == ["Ada works at Acme."]


def test_files_are_read_before_the_first_text_is_stored(graphmem: Command, store: Path) -> None:
    assert graphmem("add", "Ada works at Acme.", "missing.txt", *ADA).code == 2
    assert not store.exists()


def test_a_folder_is_no_text(graphmem: Command, store: Path, tmp_path: Path) -> None:
    done = graphmem("add", tmp_path, *ADA)
    assert done.code == 2
    assert "is a folder: name the files in it" in done.err


def test_a_moment_for_lines_that_have_their_own_is_refused(graphmem: Command, store: Path) -> None:
    Path("chat.jsonl").write_text('{"text": "Ada sings."}', encoding="utf-8")
    done = graphmem("add", "chat.jsonl", "--at", "2024-05-01T12:00:00+00:00", *ADA)
    assert done.code == 2
    assert "--at" in done.err


def test_standard_input_that_is_no_text_is_refused(graphmem: Command, store: Path) -> None:
    done = graphmem("add", "-", *ADA, stdin=JPEG)
    assert done.code == 2
    assert "standard input is not UTF-8 text" in done.err


def test_a_text_as_long_as_no_file_name_is_a_text(graphmem: Command, store: Path) -> None:
    assert graphmem("add", "Ada works at Acme. " * 500, *ADA).code == 0
    assert episodes(store) == 1


def test_a_call_for_nobody_says_which_option_is_missing(graphmem: Command, store: Path) -> None:
    done = graphmem("add", "Ada works at Acme.")
    assert done.code == 2
    assert "--user" in done.err
    assert not store.exists()
