"""Every statement of the embedded store but those about merged entities and those about what recall searches by.

`:lo` and `:hi` are the first and last row id of a part; each statement on rows of owners carries them, or names rows
(`:part`, an entity, a session, a fact) whose ids stand in that range, so that no call reads or changes another
owner's rows. CROSS JOIN keeps the order of tables as written: from the rows asked for to what hangs on them.
"""

from typing import Final, Literal

Kind = Literal["episode", "fact"]
"""The two kinds of record that have words and a vector."""

KINDS: tuple[Kind, Kind] = ("episode", "fact")


def of_each_kind(statement: str) -> dict[Kind, str]:
    """A statement on the tables of either kind."""
    return {"episode": statement.replace("{kind}", "episode"), "fact": statement.replace("{kind}", "fact")}


# parts

PART: Final = """
SELECT id, space, next, last_at, epoch, self, episodes, episode_stems, facts, expires_at, due_at FROM part
WHERE space = :space"""

PARTS_BELOW: Final = "SELECT space FROM part WHERE space > :prefix AND space < :prefix || '~' ORDER BY space"

ADD_PART: Final = "INSERT INTO part(space, last_at) VALUES(:space, :at)"

SAVE_PART: Final = """
UPDATE part SET next = :next, last_at = :last_at, epoch = :epoch, self = :self, episodes = :episodes,
  episode_stems = :episode_stems, facts = :facts
WHERE id = :part"""

# By itself, where there is anything to write: both ends are indexed.
SAVE_ENDS: Final = """
UPDATE part SET expires_at = :expires_at, due_at = :due_at
WHERE id = :part AND (expires_at != :expires_at OR due_at != :due_at)"""

# Whose vectors these are, and whether something is over.
STATE: Final = """
SELECT value, EXISTS (SELECT 1 FROM part WHERE expires_at <= :now OR due_at <= :now) FROM meta WHERE key = :key"""

DUE_PARTS: Final = "SELECT space FROM part WHERE expires_at <= :now OR due_at <= :now"

DUE_EPISODES: Final = """
SELECT uid FROM episode WHERE id BETWEEN :lo AND :hi AND expires_at <= :now AND expires_at < 253402214400000000"""

NEXT_DUE: Final = """
SELECT min(expires_at) FROM episode WHERE id BETWEEN :lo AND :hi AND expires_at < 253402214400000000"""

SPEAKERS: Final = "SELECT name FROM speaker WHERE part = :part AND known_from <= :known_at"

ADD_SPEAKER: Final = "INSERT OR IGNORE INTO speaker(part, name, known_from) VALUES(:part, :name, :at)"

SESSION: Final = "SELECT id FROM session WHERE name = :name AND id BETWEEN :lo AND :hi"

ADD_SESSION: Final = "INSERT INTO session(id, name) VALUES(:id, :name)"

# episodes

_EPISODE: Final = """
e.id, e.uid, e.identity, e.text, e.role, e.speaker, (SELECT s.name FROM session AS s WHERE s.id = e.session), e.agent,
  e.title, e.said_at, e.recorded_at, e.retired_at, e.source, e.metadata, e.state, e.expires_at, e.text_digest,
  e.stems"""

EPISODE_BY_UID: Final = f"SELECT {_EPISODE} FROM episode AS e WHERE e.uid = :uid AND e.id BETWEEN :lo AND :hi"

EPISODE_BY_IDENTITY: Final = (
    f"SELECT {_EPISODE} FROM episode AS e WHERE e.identity = :identity AND e.id BETWEEN :lo AND :hi"
)

# Rows that stand where a new episode would.
EPISODES_IN_PLACE: Final = """
SELECT id FROM episode WHERE identity = :identity AND id BETWEEN :lo AND :hi
UNION ALL SELECT id FROM episode WHERE uid = :uid AND id BETWEEN :lo AND :hi"""

EPISODES_BY_UID: Final = f"""
SELECT {_EPISODE} FROM json_each(:uids) AS i CROSS JOIN episode AS e ON e.uid = i.value AND e.id BETWEEN :lo AND :hi"""

KNOWN_EPISODES_BY_UID: Final = f"{EPISODES_BY_UID} WHERE e.recorded_at <= :known_at AND e.retired_at > :known_at"

EPISODES_IN_ORDER: Final = (
    f"SELECT {_EPISODE} FROM episode AS e WHERE e.id BETWEEN :after + 1 AND :hi ORDER BY e.id LIMIT :limit"
)

CURRENT_BY_SOURCE: Final = f"""
SELECT {_EPISODE} FROM episode AS e
WHERE e.source = :source AND e.id BETWEEN :lo AND :hi AND e.identity IS NOT NULL ORDER BY e.id"""

EPISODES_BY_SOURCE: Final = "SELECT said_at, id, uid FROM episode WHERE source = :source AND id BETWEEN :lo AND :hi"

STEMS_OF_EPISODES: Final = "SELECT said_at, id, uid, stems FROM episode WHERE id BETWEEN :lo AND :hi"

EPISODES_BY_SESSION: Final = """
SELECT said_at, id, uid FROM episode WHERE session = :session AND id BETWEEN :lo AND :hi
ORDER BY said_at DESC, id DESC LIMIT :most"""

ALL: Final = -1
"""As a limit: no limit."""

ADD_EPISODE: Final = """
INSERT INTO episode(id, uid, identity, text, role, speaker, session, agent, title, said_at, recorded_at, retired_at,
  source, metadata, state, expires_at, text_digest, stems, edited)
VALUES(:id, :uid, :identity, :text, :role, :speaker, :session, :agent, :title, :said_at, :recorded_at, :retired_at,
  :source, :metadata, :state, :expires_at, :text_digest, :stems, :id)"""

PENDING_EPISODES: Final = f"""
SELECT {_EPISODE} FROM episode AS e
WHERE e.id BETWEEN :lo AND :hi AND e.state = 'pending' AND e.retired_at = :far
ORDER BY e.said_at, e.id LIMIT :limit"""

READ_EPISODE: Final = """
UPDATE episode SET state = :state
WHERE uid = :uid AND id BETWEEN :lo AND :hi AND state = 'pending' AND retired_at = :far"""

RETIRE_EPISODE: Final = """
UPDATE episode SET retired_at = :at, identity = NULL, edited = :edited WHERE id = :id AND id BETWEEN :lo AND :hi"""

REWRITE_EPISODE: Final = """
UPDATE episode SET text = :text, speaker = :speaker, title = :title, metadata = :metadata, stems = :stems
WHERE id = :id AND id BETWEEN :lo AND :hi"""

# Facts carry the metadata of the episode they were read in first.
REWRITE_METADATA: Final = """
UPDATE fact SET metadata = :new
WHERE id IN (SELECT fact FROM evidence WHERE episode = :id) AND id BETWEEN :lo AND :hi AND metadata = :old"""

# entities

_ENTITY: Final = """
e.id, e.key, e.name, e.type, e.is_common, e.degree,
  (SELECT json_group_array(o.key) FROM alias AS o INDEXED BY alias_entity WHERE o.entity = e.id)"""

ENTITY_ID: Final = "SELECT id FROM entity WHERE key = :key AND id BETWEEN :lo AND :hi"

KEY_OF_ENTITY: Final = "SELECT key FROM entity WHERE id = :id AND id BETWEEN :lo AND :hi"

NAME_OF_ENTITY: Final = "SELECT name FROM entity WHERE id = :id AND id BETWEEN :lo AND :hi"

# Under each name those that bear it, as their own or as an alias.
ENTITIES_NAMED: Final = f"""
SELECT {_ENTITY}, k.value FROM json_each(:keys) AS k
CROSS JOIN entity AS e ON e.key = k.value AND e.id BETWEEN :lo AND :hi
WHERE e.known_from <= :known_at
UNION ALL SELECT {_ENTITY}, k.value FROM json_each(:keys) AS k
CROSS JOIN alias AS a ON a.key = k.value AND a.entity BETWEEN :lo AND :hi
CROSS JOIN entity AS e ON e.id = a.entity AND e.id BETWEEN :lo AND :hi
WHERE e.known_from <= :known_at AND e.key != k.value"""

ENTITIES_BY_DEGREE: Final = f"""
SELECT {_ENTITY} FROM entity AS e WHERE e.id BETWEEN :lo AND :hi AND NOT e.is_common
ORDER BY e.degree DESC, e.key LIMIT :limit"""

ADD_ENTITY: Final = """
INSERT INTO entity(id, key, name, type, is_common, known_from, edited)
VALUES(:id, :key, :name, :type, :is_common, :at, :id)"""

CHANGE_ENTITY: Final = """
UPDATE entity SET name = :name, type = :type, is_common = :is_common, edited = :edited
WHERE id = :id AND id BETWEEN :lo AND :hi"""

ADD_ALIAS: Final = "INSERT OR IGNORE INTO alias(key, entity) VALUES(:key, :entity)"

TOUCHES: Final = """
SELECT 1 FROM evidence AS v CROSS JOIN link AS l ON l.entity = :entity AND l.fact = v.fact
WHERE v.episode = :episode AND v.episode BETWEEN :lo AND :hi LIMIT 1"""

ENTITIES_OF_FACT: Final = "SELECT entity FROM link WHERE fact = :fact AND fact BETWEEN :lo AND :hi ORDER BY entity"

ENTITIES_OF_EPISODE: Final = """
SELECT DISTINCT l.entity FROM evidence AS v CROSS JOIN link AS l ON l.fact = v.fact
WHERE v.episode = :episode AND v.episode BETWEEN :lo AND :hi ORDER BY l.entity"""

EPISODES_OF_FACT: Final = """
SELECT DISTINCT v.episode FROM evidence AS v CROSS JOIN episode AS e ON e.id = v.episode AND e.retired_at = :far
WHERE v.fact = :fact AND v.fact BETWEEN :lo AND :hi ORDER BY v.episode"""

RAISE_DEGREE: Final = """
UPDATE entity SET degree = degree + 1, edited = :edited WHERE id = :id AND id BETWEEN :lo AND :hi"""

COUNT_DEGREE: Final = """
UPDATE entity SET degree = (
  SELECT count(DISTINCT v.episode) FROM link AS l CROSS JOIN evidence AS v ON v.fact = l.fact
    CROSS JOIN episode AS e ON e.id = v.episode
  WHERE l.entity = :id AND e.retired_at = :far), edited = :edited
WHERE id = :id AND id BETWEEN :lo AND :hi"""

# facts

_FACT: Final = """
f.id, f.uid, f.digest, f.text, f.subject, f.subject_key, f.predicate, f.object, f.object_key, f.mentions,
  f.mention_keys, f.kind, f.is_negated, f.modality, f.confidence, f.role, f.happened, f.metadata, f.stems,
  f.known_from"""

_VERSION: Final = "w.known_from, w.known_to, w.valid_from, w.valid_to"

FACT_ID: Final = "SELECT id, known_from FROM fact WHERE uid = :uid AND id BETWEEN :lo AND :hi"

FACT: Final = f"SELECT {_FACT} FROM fact AS f WHERE f.id = :id AND f.id BETWEEN :lo AND :hi"

FACTS_IN_ORDER: Final = (
    f"SELECT {_FACT} FROM fact AS f WHERE f.id BETWEEN :after + 1 AND :hi ORDER BY f.id LIMIT :limit"
)

# A fact with the version believed at a moment, or the last one that had been.
# Each with its last version known at a moment.
FACTS_BY_UID: Final = f"""
SELECT {_FACT}, {_VERSION} FROM json_each(:uids) AS i
CROSS JOIN fact AS f ON f.uid = i.value AND f.id BETWEEN :lo AND :hi
CROSS JOIN version AS w ON w.fact = f.id
  AND w.known_from = (SELECT max(v.known_from) FROM version AS v WHERE v.fact = f.id AND v.known_from <= :known_at)"""

# Facts known at a moment that hold (or any), newest first, those after another one in that order, each with its last
# version known then: the one believed, if one is. Only what orders them goes through the sort, not whole rows.
_LISTED: Final = f"""
SELECT {_FACT}, {_VERSION} FROM (
  SELECT f.id FROM {{facts}}
    AND f.known_from <= :known_at
    AND (:is_any OR EXISTS (
      SELECT 1 FROM version AS v WHERE v.fact = f.id AND v.known_from <= :known_at AND v.known_to > :known_at
        AND v.valid_from <= :at AND v.valid_to > :at))
    AND (:predicate IS NULL OR f.predicate = :predicate)
    AND (f.known_from < :before OR (f.known_from = :before AND f.id < :before_id))
  ORDER BY f.known_from DESC, f.id DESC LIMIT :limit) AS listed
CROSS JOIN fact AS f ON f.id = listed.id
CROSS JOIN version AS w ON w.fact = f.id
  AND w.known_from = (SELECT max(v.known_from) FROM version AS v WHERE v.fact = f.id AND v.known_from <= :known_at)"""

LISTED_FACTS: Final = _LISTED.format(facts="fact AS f WHERE f.id BETWEEN :lo AND :hi")

LISTED_FACTS_OF_ENTITY: Final = _LISTED.format(
    facts="link AS l CROSS JOIN fact AS f ON f.id = l.fact WHERE l.entity = :entity AND l.fact BETWEEN :lo AND :hi"
)

# Open facts: nothing has closed them. Of what was corrected or restored, those that have no end.
_IS_OPEN: Final = "(w.known_from = f.known_from OR w.valid_to = :far)"


def _believed(condition: str, columns: str = f"{_FACT}, {_VERSION}") -> str:
    return f"""
SELECT {columns} FROM fact AS f CROSS JOIN version AS w ON w.fact = f.id AND w.known_to = :far
WHERE {condition} AND f.id BETWEEN :lo AND :hi ORDER BY f.id"""


_BY_SUBJECT: Final = "f.subject_key = :key AND f.predicate = :predicate"

_BY_OBJECT: Final = "f.object_key = :key AND f.predicate = :predicate"

OPEN_BY_SUBJECT: Final = _believed(f"{_BY_SUBJECT} AND {_IS_OPEN}")

OPEN_BY_OBJECT: Final = _believed(f"{_BY_OBJECT} AND {_IS_OPEN}")

OPEN_UIDS_BY_SUBJECT: Final = _believed(f"{_BY_SUBJECT} AND {_IS_OPEN}", "f.uid")

OPEN_UIDS_BY_OBJECT: Final = _believed(f"{_BY_OBJECT} AND {_IS_OPEN}", "f.uid")

ENDED_BY_SUBJECT: Final = _believed(f"{_BY_SUBJECT} AND w.valid_to > :since AND NOT {_IS_OPEN}")

ENDED_BY_OBJECT: Final = _believed(f"{_BY_OBJECT} AND w.valid_to > :since AND NOT {_IS_OPEN}")

# What became of facts, oldest first.
CHANGES_OF_VALIDITY: Final = """
SELECT c.fact, c.kind FROM json_each(:ids) AS i
CROSS JOIN changed AS t ON t.fact = i.value AND t.change BETWEEN :lo AND :hi
CROSS JOIN change AS c ON c.id = t.change AND c.fact = t.fact
WHERE c.kind IN (SELECT value FROM json_each(:kinds)) ORDER BY c.id"""

BELIEVED_BY_DIGEST: Final = _believed("f.digest = :digest") + " DESC LIMIT 1"

# Believed facts, ended or not, that stand on some episodes alone.
SOLE_FACTS: Final = f"""
SELECT {_FACT}, {_VERSION} FROM (SELECT DISTINCT v.fact FROM json_each(:ids) AS i
  CROSS JOIN evidence AS v INDEXED BY evidence_episode ON v.episode = i.value AND v.episode BETWEEN :lo AND :hi) AS told
CROSS JOIN fact AS f ON f.id = told.fact AND f.id BETWEEN :lo AND :hi
CROSS JOIN version AS w ON w.fact = f.id AND w.known_to = :far
WHERE NOT EXISTS (
  SELECT 1 FROM evidence AS o CROSS JOIN episode AS e ON e.id = o.episode
  WHERE o.fact = f.id AND e.retired_at = :far AND o.episode NOT IN (SELECT value FROM json_each(:ids)))
ORDER BY f.id"""

FACTS_WITH_PHRASE: Final = f"""
SELECT {_FACT}, {_VERSION} FROM fact_words AS t CROSS JOIN fact AS f ON f.id = t.rowid
CROSS JOIN version AS w ON w.fact = f.id AND w.known_from = f.known_from
WHERE t.stems MATCH :match AND t.rowid BETWEEN :lo AND :hi
ORDER BY t.rowid DESC LIMIT :limit"""

# The triples between two entities that hold, once for each of the entities that were asked about. By links, not by the
# indexes on keys: those have the predicate before the row, and would lead through all owners' rows.
TRIPLES: Final = """
SELECT f.uid, f.subject_key, f.predicate, f.object_key FROM json_each(:keys) AS k
CROSS JOIN entity AS e ON e.key = k.value AND e.id BETWEEN :lo AND :hi
CROSS JOIN link AS l ON l.entity = e.id AND l.fact BETWEEN :lo AND :hi
CROSS JOIN fact AS f ON f.id = l.fact AND e.key IN (f.subject_key, f.object_key)
CROSS JOIN version AS w ON w.fact = f.id AND w.known_from <= :known_at
WHERE f.subject_key IS NOT NULL AND f.predicate IS NOT NULL AND f.object_key IS NOT NULL AND NOT f.is_negated
  AND w.known_to > :known_at AND w.valid_from <= :at AND w.valid_to > :at"""

ADD_FACT: Final = """
INSERT INTO fact(id, uid, digest, text, subject, subject_key, predicate, object, object_key, mentions, mention_keys,
  kind, is_negated, modality, confidence, role, happened, metadata, stems, known_from, edited)
VALUES(:id, :uid, :digest, :text, :subject, :subject_key, :predicate, :object, :object_key, :mentions, :mention_keys,
  :kind, :is_negated, :modality, :confidence, :role, :happened, :metadata, :stems, :at, :id)"""

EDIT_FACT: Final = "UPDATE fact SET edited = :edited WHERE id = :id AND id BETWEEN :lo AND :hi"

MENTION_MORE: Final = """
UPDATE fact SET mentions = :mentions, mention_keys = :mention_keys, edited = :edited
WHERE id = :id AND id BETWEEN :lo AND :hi"""

FORGET_NAMES: Final = """
UPDATE fact SET subject = :subject, subject_key = :subject_key, object = :object, object_key = :object_key,
  mentions = :mentions, mention_keys = :mention_keys
WHERE id = :id AND id BETWEEN :lo AND :hi"""

ADD_LINK: Final = "INSERT OR IGNORE INTO link(entity, fact, is_about) VALUES(:entity, :fact, :is_about)"

VERSIONS: Final = """
SELECT known_from, known_to, valid_from, valid_to FROM version WHERE fact = :fact AND fact BETWEEN :lo AND :hi
ORDER BY known_from"""

ADD_VERSION: Final = """
INSERT INTO version(fact, known_from, known_to, valid_from, valid_to)
VALUES(:fact, :known_from, :known_to, :valid_from, :valid_to)"""

END_VERSION: Final = """
UPDATE version SET known_to = :at WHERE fact = :fact AND fact BETWEEN :lo AND :hi AND known_from = :known_from"""

EVIDENCE: Final = """
SELECT v.fact, e.uid, v.start, v.stop, v.known_from FROM json_each(:ids) AS i
CROSS JOIN evidence AS v ON v.fact = i.value AND v.fact BETWEEN :lo AND :hi
CROSS JOIN episode AS e ON e.id = v.episode
WHERE v.known_from <= :known_at ORDER BY v.known_from, v.episode, v.start, v.stop"""

ADD_EVIDENCE: Final = """
INSERT OR IGNORE INTO evidence(fact, episode, start, stop, known_from) VALUES(:fact, :episode, :start, :stop, :at)"""

# journal

_CHANGE: Final = "c.id, c.uid, c.at, c.kind, c.actor, c.fact, c.episode, c.before, c.after, c.reason, c.evidence"

CHANGES_OF: Final = f"""
SELECT {_CHANGE} FROM changed AS n CROSS JOIN change AS c ON c.id = n.change
WHERE n.fact = :fact AND n.change BETWEEN :lo AND :hi ORDER BY n.change"""

CHANGES_IN_ORDER: Final = (
    f"SELECT {_CHANGE} FROM change AS c WHERE c.id BETWEEN :after + 1 AND :hi ORDER BY c.id LIMIT :limit"
)

CHANGES_BETWEEN: Final = f"""
SELECT {_CHANGE} FROM change AS c WHERE c.id BETWEEN :lo AND :hi AND c.at > :since AND c.at <= :until
ORDER BY c.at, c.id"""

CHANGE_BY_UID: Final = f"SELECT {_CHANGE} FROM change AS c WHERE c.uid = :uid AND c.id BETWEEN :lo AND :hi"

ADD_CHANGE: Final = """
INSERT INTO change(id, uid, at, kind, actor, fact, episode, before, after, reason, evidence)
VALUES(:id, :uid, :at, :kind, :actor, :fact, :episode, :before, :after, :reason, :evidence)"""

ADD_CHANGED: Final = "INSERT OR IGNORE INTO changed(fact, change) VALUES(:fact, :change)"

REJECTED: Final = """
SELECT r.digest FROM json_each(:digests) AS i CROSS JOIN rejected AS r ON r.part = :part AND r.digest = i.value"""

NEXT_REJECTED: Final = "SELECT digest FROM rejected WHERE part = :part AND digest > :after ORDER BY digest LIMIT 1"

ALL_REJECTED: Final = "SELECT digest FROM rejected WHERE part = :part ORDER BY digest"

ADD_REJECTED: Final = "INSERT OR IGNORE INTO rejected(part, digest) VALUES(:part, :digest)"

DROP_REJECTED: Final = "DELETE FROM rejected WHERE part = :part AND digest IN (SELECT value FROM json_each(:digests))"

# erasing

ROWS: Final = of_each_kind("SELECT id FROM {kind} WHERE id BETWEEN :lo AND :hi ORDER BY id")

EPISODES_OF_FACTS_IN: Final = """
SELECT DISTINCT v.fact, o.episode, e.retired_at FROM json_each(:ids) AS i
CROSS JOIN evidence AS v INDEXED BY evidence_episode ON v.episode = i.value AND v.episode BETWEEN :lo AND :hi
CROSS JOIN evidence AS o ON o.fact = v.fact CROSS JOIN episode AS e ON e.id = o.episode"""

# Of rows that go: what their words and vectors were indexed by, and who spoke in which session.
ERASED_EPISODE: Final = "SELECT uid, stems, speaker, session FROM episode WHERE id = :id AND id BETWEEN :lo AND :hi"

ERASED_FACT: Final = """
SELECT f.uid, f.stems, (SELECT count(*) FROM version AS w WHERE w.fact = f.id) FROM fact AS f
WHERE f.id = :id AND f.id BETWEEN :lo AND :hi"""

ERASE_EPISODE: Final = (
    "DELETE FROM evidence WHERE episode = :id AND episode BETWEEN :lo AND :hi",
    "DELETE FROM episode WHERE id = :id AND id BETWEEN :lo AND :hi",
)

ERASE_FACT: Final = (
    "DELETE FROM evidence WHERE fact = :id AND fact BETWEEN :lo AND :hi",
    "DELETE FROM version WHERE fact = :id AND fact BETWEEN :lo AND :hi",
    "DELETE FROM link WHERE fact = :id AND fact BETWEEN :lo AND :hi",
    "DELETE FROM told WHERE fact = :id AND fact BETWEEN :lo AND :hi",
    "DELETE FROM fact WHERE id = :id AND id BETWEEN :lo AND :hi",
)

ERASE_ENTITY: Final = (
    "DELETE FROM link WHERE entity = :id AND entity BETWEEN :lo AND :hi",
    "DELETE FROM alias WHERE entity = :id AND entity BETWEEN :lo AND :hi",
    "DELETE FROM entity WHERE id = :id AND id BETWEEN :lo AND :hi",
)

# Rows of any table that an erasure should have reached.
LEFT: Final = {
    kind: tuple(statement.replace("DELETE", "SELECT count(*)") for statement in statements)
    for kind, statements in (("episode", ERASE_EPISODE), ("fact", ERASE_FACT), ("entity", ERASE_ENTITY))
}

# What nobody asks about any more: the journal of an area that is over.
DROP_JOURNAL: Final = (
    """
DELETE FROM changed WHERE change BETWEEN :lo AND :hi AND fact IN (
  SELECT fact FROM change WHERE id BETWEEN :lo AND :hi AND fact IS NOT NULL
  UNION SELECT before FROM change WHERE id BETWEEN :lo AND :hi AND before IS NOT NULL
  UNION SELECT after FROM change WHERE id BETWEEN :lo AND :hi AND after IS NOT NULL)""",
    "DELETE FROM change WHERE id BETWEEN :lo AND :hi",
)

# What is left of an area when its episodes and facts are gone.
ERASE_AREA: Final = (
    "DELETE FROM alias WHERE entity BETWEEN :lo AND :hi",
    "DELETE FROM entity WHERE id BETWEEN :lo AND :hi",
    "DELETE FROM session WHERE id BETWEEN :lo AND :hi",
    "DELETE FROM speaker WHERE part = :part",
    "DELETE FROM rejected WHERE part = :part",
    "UPDATE change SET reason = NULL, actor = 'erased' WHERE id BETWEEN :lo AND :hi",
)

ERASE_SESSION: Final = """
DELETE FROM session WHERE id = :session AND id BETWEEN :lo AND :hi
  AND NOT EXISTS (SELECT 1 FROM episode AS e WHERE e.session = :session)"""

ERASE_SPEAKER: Final = """
DELETE FROM speaker WHERE part = :part AND name = :name
  AND NOT EXISTS (SELECT 1 FROM episode AS e WHERE e.id BETWEEN :lo AND :hi AND e.speaker = :name)"""

ERASE_REASONS: Final = """
UPDATE change SET reason = NULL, actor = 'erased'
WHERE id BETWEEN :lo AND :hi AND (
  episode IN (SELECT value FROM json_each(:uids))
  OR id IN (SELECT n.change FROM json_each(:uids) AS i CROSS JOIN changed AS n
    ON n.fact = i.value AND n.change BETWEEN :lo AND :hi))"""

FACTS_OF_ENTITY: Final = "SELECT fact FROM link WHERE entity = :entity AND entity BETWEEN :lo AND :hi"

# counting

COUNT_ENTITIES: Final = "SELECT count(*) FROM entity WHERE id BETWEEN :lo AND :hi"

COUNT_CHANGES: Final = "SELECT count(*) FROM change WHERE id BETWEEN :lo AND :hi"

# embedding anew: the whole store, whoever's it is, from row to row

TEXTS: Final[dict[Kind, str]] = {
    "episode": "SELECT id, text, role, title, speaker FROM episode WHERE id > :after ORDER BY id LIMIT :limit",
    "fact": """
SELECT f.id, f.text, f.role,
  (SELECT e.title FROM evidence AS v JOIN episode AS e ON e.id = v.episode WHERE v.fact = f.id ORDER BY e.id LIMIT 1),
  NULL
FROM fact AS f WHERE f.id > :after ORDER BY f.id LIMIT :limit""",
}

KEEP_VECTOR: Final = "INSERT OR REPLACE INTO reembedded(record, vector) VALUES(:record, :vector)"

KEPT_VECTOR: Final = "SELECT vector FROM reembedded WHERE record = :record"

DROP_KEPT: Final = "DELETE FROM reembedded"

COUNT_PARTS: Final = "SELECT count(*) FROM part"

EVERY_PART: Final = "SELECT space FROM part ORDER BY id"

DROP_KEPT_OF: Final = "DELETE FROM reembedded WHERE record = :record"

META: Final = "SELECT value FROM meta WHERE key = :key"

SET_META: Final = "INSERT OR REPLACE INTO meta(key, value) VALUES(:key, :value)"

DROP_META: Final = "DELETE FROM meta WHERE key = :key"
