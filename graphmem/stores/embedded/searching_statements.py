"""The statements about what recall searches by, derived from the records: columns, words and vectors; by the rules of
`graphmem.stores.embedded.statements`.
"""

from typing import Final, Literal

from graphmem.stores.embedded.statements import of_each_kind

# columns: all rows of a part, or what was added or edited since some row, by the rows that the columns are about

Read = Literal["all", "edited"]

_EDITED = "edited > id AND edited BETWEEN :after + 1 AND :hi"


def _read(columns: str, table: str) -> dict[Read, str]:
    of_all = f"SELECT {columns} FROM {table} WHERE id BETWEEN :after + 1 AND :hi"
    of_older = f"SELECT {columns} FROM {table} INDEXED BY {table}_edited\nWHERE {_EDITED} AND id <= :after"
    return {"all": f"{of_all} ORDER BY id", "edited": f"{of_older}\nUNION ALL {of_all} ORDER BY id"}


def _read_of_facts(columns: str, table: str, key: str) -> dict[Read, str]:
    """What hangs on facts, in any order."""
    of_all, of_new = (
        f"SELECT {columns} FROM {table} AS t WHERE t.{of} BETWEEN :after + 1 AND :hi" for of in (key, "fact")
    )
    of_older = f"SELECT {columns} FROM fact INDEXED BY fact_edited CROSS JOIN {table} AS t ON t.fact = id"
    return {"all": of_all, "edited": f"{of_older}\nWHERE {_EDITED} AND id <= :after\nUNION ALL {of_new}"}


READ_EPISODES: Final = _read(
    "id, uid, role, speaker, source, COALESCE(session, -1), said_at, recorded_at, retired_at, "
    "substr(rtrim(text), -1) = :mark, stems",
    "episode",
)

READ_ENTITIES: Final = _read("id, key, degree, is_common, known_from", "entity")

READ_FACTS: Final = _read("id, uid, stems, known_from", "fact")

READ_VERSIONS: Final = _read_of_facts("t.fact, t.known_from, t.known_to, t.valid_from, t.valid_to", "version", "fact")

READ_EVIDENCE: Final = _read_of_facts("t.fact, t.episode, t.start, t.known_from", "evidence", "fact")

READ_LINKS: Final = _read_of_facts("t.fact, t.entity, t.is_about", "link", "entity")

# words

# In one value, as rows by the thousand take their time.
FACTS_WITH_WORD: Final = (
    "SELECT group_concat(rowid) FROM fact_words WHERE stems MATCH :match AND rowid BETWEEN :lo AND :hi"
)

INDEX_WORDS: Final = "INSERT INTO fact_words(rowid, stems) VALUES(:id, :stems)"

UNINDEX_WORDS: Final = "INSERT INTO fact_words(fact_words, rowid, stems) VALUES('delete', :id, :stems)"

MERGE_WORDS: Final = "INSERT INTO fact_words(fact_words) VALUES('optimize')"

# vectors

TAIL: Final = of_each_kind("SELECT id, vector FROM {kind}_tail WHERE id BETWEEN :lo AND :hi ORDER BY id")

COUNT_TAIL: Final = of_each_kind("SELECT count(*) FROM {kind}_tail WHERE id BETWEEN :lo AND :hi")

CHUNKS: Final = of_each_kind(
    "SELECT id, ids, vectors FROM {kind}_chunk WHERE id BETWEEN :after + 1 AND :hi ORDER BY id"
)

LAST_CHUNK: Final = of_each_kind("SELECT max(id) FROM {kind}_chunk WHERE id BETWEEN :lo AND :hi")

CHUNK_WITH: Final = of_each_kind(
    "SELECT id, ids, vectors FROM {kind}_chunk WHERE id BETWEEN :lo AND :id ORDER BY id DESC LIMIT 1"
)

ADD_TAIL: Final = of_each_kind("INSERT INTO {kind}_tail(id, vector) VALUES(:id, :vector)")

SAVE_TAIL: Final = of_each_kind("UPDATE {kind}_tail SET vector = :vector WHERE id = :id AND id BETWEEN :lo AND :hi")

DROP_TAIL: Final = of_each_kind("DELETE FROM {kind}_tail WHERE id = :id AND id BETWEEN :lo AND :hi")

ADD_CHUNK: Final = of_each_kind("INSERT INTO {kind}_chunk(id, ids, vectors) VALUES(:id, :ids, :vectors)")

SAVE_CHUNK: Final = of_each_kind(
    "UPDATE {kind}_chunk SET ids = :ids, vectors = :vectors WHERE id = :id AND id BETWEEN :lo AND :hi"
)

DROP_CHUNK: Final = of_each_kind("DELETE FROM {kind}_chunk WHERE id = :id AND id BETWEEN :lo AND :hi")

DROP_VECTORS: Final = tuple(
    of_each_kind(statement)
    for statement in (
        "DELETE FROM {kind}_tail WHERE id BETWEEN :lo AND :hi",
        "DELETE FROM {kind}_chunk WHERE id BETWEEN :lo AND :hi",
    )
)
