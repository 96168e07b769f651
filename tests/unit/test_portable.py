"""The file that carries a memory: whole or not there, and never reaching beyond its owner."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem import portable
from graphmem.errors import BadLine, FormatTooNew, InvalidInput, StoreUnavailable
from graphmem.portable import FORMAT, read, written
from graphmem.scope import Scope

HOME = "org=a/user=ada"
HEADER = '{"format":2,"graphmem":"memory"}'
RECORDS = [
    {"space": HOME, "record": "fact", "id": "1", "text": "Ada likes tea — 東京"},
    {"space": f"{HOME}/session=s%2F1", "record": "episode", "id": "2", "text": 'a "quoted"\nline\u2028 and \\u0000'},
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ada.jsonl"


def lines(path, *given):
    path.write_text("\n".join([HEADER, *given]) + "\n", encoding="utf-8")
    return path


def loaded(path, home=HOME):
    return [record for _, record in read(path, home)]


def test_what_was_written_is_read(path):
    with written(path, HOME) as put:
        for record in RECORDS:
            put(record)
    assert loaded(path) == RECORDS
    assert [number for number, _ in read(path, HOME)] == [2, 3]


def test_a_file_may_be_loaded_into_anybodys_memory(path):
    with written(path, HOME) as put:
        for record in RECORDS:
            put(record)
    spaces = [record["space"] for record in loaded(path, "org=b/agent=ben")]
    assert spaces == ["org=b/agent=ben", "org=b/agent=ben/session=s%2F1"]
    assert "ada" not in path.read_text(encoding="utf-8").partition("Ada")[0]


def test_the_same_memory_gives_the_same_bytes(tmp_path):
    for name, records in (("1", RECORDS), ("2", [dict(reversed(record.items())) for record in RECORDS])):
        with written(tmp_path / name, HOME) as put:
            for record in records:
                put(record)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert (tmp_path / "1").read_bytes().splitlines()[0].decode() == HEADER


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_survives(text):
    line = portable.line({"space": "", "text": text})
    assert line.count("\n") == 1
    assert portable._parsed(1, line)["text"] == text


# -------------------------------------------------------------------------------------------------------------- writing


class Stopped(BaseException):
    """As when somebody presses Ctrl-C."""


def write_and_fail(path, error):
    with written(path, HOME) as put:
        put(RECORDS[0])
        raise error


@pytest.mark.parametrize("error", [Stopped("enough"), KeyError("bug"), StoreUnavailable("the store is gone")])
def test_a_file_that_was_not_finished_is_not_there(path, error):
    path.write_text("the one before", encoding="utf-8")
    with pytest.raises(type(error), match=error.args[0]):
        write_and_fail(path, error)
    assert path.read_text(encoding="utf-8") == "the one before"
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_that_is_full_is_told(path):
    with pytest.raises(StoreUnavailable, match=r"ada\.jsonl cannot be written: No space left"):
        write_and_fail(path, OSError(28, "No space left on device"))
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("name", ["missing/ada.jsonl", "file/ada.jsonl", ""])
def test_a_place_that_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="cannot be written"), written(tmp_path / name, HOME):
        pass


# -------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        '{"space":"","text":"cut of',
        "[]",
        "7",
        "null",
        '"text"',
        '{"space":"","number":NaN}',
        '{"space":"","number":-Infinity}',
        '{"space":"","number":' + "9" * 5_000 + "}",
        "[" * 100_000,
        '{"space":"","text":"half \\ud800"}',
        '{"space":"","half \\uDFFF":1}',
        '{"space":"","text":"nul \\u0000"}',
        '{"space":"","nul \\u0000":1}',
        '{"text":"nobody\'s"}',
        '{"space":null}',
        '{"space":7}',
        '{"space":["/session=s"]}',
    ],
    ids=lambda line: line[:30],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(path, line):
    lines(path, '{"space":"","text":"Ada likes tea"}', line)
    with pytest.raises(BadLine, match=r"line 3") as raised:
        loaded(path)
    assert raised.value.line == 3


@pytest.mark.parametrize(
    "space",
    [
        "org=a/user=ben",
        "/user=ben",
        "/shared",
        "/../user=ben",
        "/session=",
        "/session=s/../../user=ben",
        "/session=s/user=ben",
        "/session=s/session=t",
        "/session=s%2",
        "/session=s%2f",
        "/session=é",
        "/session=s~",
        "/session=s\n",
        "x",
        " ",
        "n",
    ],
)
def test_no_line_reaches_beyond_the_owner(path, space):
    lines(path, json.dumps({"space": space, "text": "Ben owes Ada"}))
    with pytest.raises(BadLine, match="outside the owner's"):
        loaded(path)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).filter(str.strip))
def test_every_session_of_the_owner_is_below(session):
    space = Scope.of("a", user_id="ada", session_id=session).readable[0]
    assert portable._below(HOME, space.removeprefix(HOME), 1) == space


def test_of_a_space_given_twice_the_one_that_counts_is_the_one_that_is_checked(path):
    lines(path, '{"space":"","space":"org=a/user=ben"}')
    with pytest.raises(BadLine):
        loaded(path)
    lines(path, '{"space":"org=a/user=ben","space":""}')
    assert loaded(path) == [{"space": HOME}]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{}",
        "[]",
        '{"graphmem":"memory"}',
        '{"graphmem":"store","format":1}',
        '{"graphmem":"memory","format":"1"}',
        '{"graphmem":"memory","format":1.0}',
        '{"graphmem":"memory","format":true}',
        '{"graphmem":"memory","format":0}',
        '{"space":"","text":"Ada likes tea"}',
    ],
)
def test_a_file_without_a_header_is_not_read(path, header):
    path.write_text(header and header + "\n", encoding="utf-8")
    with pytest.raises(BadLine, match="line 1") as raised:
        loaded(path)
    assert raised.value.line == 1


def test_a_newer_format_is_refused_with_the_way_out(path):
    path.write_text(f'{{"graphmem":"memory","format":{FORMAT + 1}}}\n', encoding="utf-8")
    with pytest.raises(FormatTooNew, match="upgrade graphmem"):
        loaded(path)


def test_bytes_that_are_no_text_are_no_export(path):
    path.write_bytes(HEADER.encode() + b'\n{"space":"","text":"\xff\xfe"}\n')
    with pytest.raises(InvalidInput, match="not UTF-8"):
        loaded(path)


@pytest.mark.parametrize("name", ["missing.jsonl", ""])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        loaded(tmp_path / name)


def test_lines_end_where_the_writer_ended_them(path):
    lines(path, json.dumps({"space": "", "text": "one\u2028two\x85three\x0bfour"}, ensure_ascii=False))
    assert loaded(path)[0]["text"] == "one\u2028two\x85three\x0bfour"


# -------------------------------------------------------------------------------------------------------------- records


EPISODE = {"record": "episode", "id": "1", "space": HOME, "text": "Hello.", "said_at": "2024-06-01T00:00:00Z"}


def test_an_episode_is_read_from_its_record():
    assert portable.episode(EPISODE, 2).text == "Hello."


@pytest.mark.parametrize(
    "wrong",
    [{"text": None}, {"text": 7}, {"role": "boss"}, {"said_at": "yesterday"}, {"said_at": "2024-06-01"}, {"id": []}],
    ids=str,
)
def test_an_episode_with_a_wrong_field_is_a_bad_line(wrong):
    with pytest.raises(BadLine, match=next(iter(wrong))) as raised:
        portable.episode({**EPISODE, **wrong}, 5)
    assert raised.value.line == 5


@pytest.mark.parametrize(
    ("evidence", "sources"),
    [
        ([["1", 0, 5], ["2", 3, 4]], ["1", "2"]),
        ([], []),
        (None, []),
        ("1", []),
        ({"1": 0}, []),
        ([[], 7, "x", None], []),
    ],
    ids=str,
)
def test_the_sources_of_a_fact_are_the_episodes_of_its_evidence(evidence, sources):
    assert portable.sources({"evidence": evidence}) == sources
