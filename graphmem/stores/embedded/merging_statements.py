"""The statements about merged entities, by the rules of `graphmem.stores.embedded.statements`."""

from typing import Final

MERGED: Final = """
SELECT id, key, name, type, is_common, known_from, aliases, into_key, is_self FROM merged
WHERE id BETWEEN :lo AND :hi ORDER BY id"""

ADD_MERGED: Final = """
INSERT INTO merged(id, key, name, type, is_common, known_from, aliases, into_key, is_self)
SELECT e.id, e.key, e.name, e.type, e.is_common, COALESCE(e.own_from, e.known_from), :aliases, :into, :is_self
FROM entity AS e WHERE e.id = :id AND e.id BETWEEN :lo AND :hi"""

ADD_ENTITY_AGAIN: Final = """
INSERT INTO entity(id, key, name, type, is_common, known_from, edited)
SELECT m.id, m.key, m.name, m.type, m.is_common, m.known_from, m.id FROM merged AS m
WHERE m.id = :id AND m.id BETWEEN :lo AND :hi"""

DROP_MERGED: Final = "DELETE FROM merged WHERE id = :id AND id BETWEEN :lo AND :hi"

MARK_SELF: Final = "UPDATE merged SET is_self = (key = :key) WHERE id BETWEEN :lo AND :hi"

# Every entity by itself, merged or not, in the order in which they were first named.
ENTITIES_IN_ORDER: Final = """
SELECT e.id, e.key, e.name, e.type, e.is_common, 0 AS degree, COALESCE(e.own_from, e.known_from) AS known_from
FROM entity AS e WHERE e.id BETWEEN :after + 1 AND :hi
UNION ALL
SELECT m.id, m.key, m.name, m.type, m.is_common, 0, m.known_from FROM merged AS m
WHERE m.id BETWEEN :after + 1 AND :hi
ORDER BY 1 LIMIT :limit"""

OWN_ALIASES: Final = """
SELECT a.entity, a.key FROM json_each(:ids) AS i
CROSS JOIN alias AS a INDEXED BY alias_entity ON a.entity = i.value AND a.entity BETWEEN :lo AND :hi AND NOT a.is_lent
ORDER BY a.entity, a.key"""

LEND_ALIAS: Final = "INSERT OR IGNORE INTO alias(key, entity, is_lent) VALUES(:key, :entity, TRUE)"

DROP_LENT: Final = "DELETE FROM alias WHERE entity = :entity AND entity BETWEEN :lo AND :hi AND is_lent"

KNOWN_SINCE: Final = """
UPDATE entity SET own_from = COALESCE(own_from, known_from),
  known_from = min(COALESCE(own_from, known_from), :since), edited = :edited
WHERE id = :id AND id BETWEEN :lo AND :hi"""

TOLD: Final = """
SELECT subject_key, object_key, mention_keys FROM told WHERE fact = :fact AND fact BETWEEN :lo AND :hi"""

ADD_TOLD: Final = """
INSERT OR REPLACE INTO told(fact, subject_key, object_key, mention_keys)
VALUES(:fact, :subject_key, :object_key, :mention_keys)"""

DROP_TOLD: Final = "DELETE FROM told WHERE fact = :fact AND fact BETWEEN :lo AND :hi"

SET_KEYS: Final = """
UPDATE fact SET subject_key = :subject_key, object_key = :object_key, mention_keys = :mention_keys, edited = :edited
WHERE id = :fact AND id BETWEEN :lo AND :hi"""

DROP_LINKS: Final = "DELETE FROM link WHERE fact = :fact AND fact BETWEEN :lo AND :hi"

# The journal of merges names entities, whose keys are words: they go with the entity.
FORGET_MERGES: Final = (
    """
UPDATE change SET reason = NULL, actor = 'erased', before = NULLIF(before, :key), after = NULLIF(after, :key)
WHERE id BETWEEN :lo AND :hi AND fact IS NULL
  AND id IN (SELECT n.change FROM changed AS n WHERE n.fact = :key AND n.change BETWEEN :lo AND :hi)""",
    """
DELETE FROM changed WHERE fact = :key AND change BETWEEN :lo AND :hi
  AND change IN (SELECT c.id FROM change AS c WHERE c.id BETWEEN :lo AND :hi AND c.fact IS NULL)""",
)

KEYS_OF_MERGES: Final = """
SELECT c.before FROM change AS c WHERE c.id BETWEEN :lo AND :hi AND c.fact IS NULL AND c.before IS NOT NULL
UNION SELECT c.after FROM change AS c WHERE c.id BETWEEN :lo AND :hi AND c.fact IS NULL AND c.after IS NOT NULL"""
