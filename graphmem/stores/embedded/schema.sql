-- The embedded store, format 6. SQLite 3.34 or newer with FTS5 and JSON; no loadable extension.
--
-- Every row belongs to a part, the area of one space, and its id is part << 32 | number. So the rows of an owner are
-- one contiguous range in every tree, in the word index and among the vectors, and every statement carries that
-- range: nobody else's rows are read, and an area is erased by its range.
--
-- `edited` is drawn from the numbers of the part's rows whenever a row, or what is kept in memory of it (columns.py),
-- changes: so what was edited since another number is one range. A new row has its own number, and stands in no index of
-- edits. What is erased, and vectors that are replaced, move the part's epoch on instead.
--
-- Times are microseconds since 1970. Open ends are the far future and unknown beginnings the far past, never null.

CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE part(
  id INTEGER PRIMARY KEY,
  space TEXT NOT NULL UNIQUE,
  next INTEGER NOT NULL DEFAULT 1,           -- the number of the next row
  last_at INTEGER NOT NULL,                  -- when it was last written to; writes are strictly later
  epoch INTEGER NOT NULL DEFAULT 0,          -- grows when rows are erased or stored vectors change
  self TEXT,                                 -- key of the entity that "I" means
  episodes INTEGER NOT NULL DEFAULT 0,
  episode_stems INTEGER NOT NULL DEFAULT 0,  -- stems of all episodes together, for their mean length
  facts INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL DEFAULT 253402214400000000,  -- when all of it is over
  due_at INTEGER NOT NULL DEFAULT 253402214400000000       -- when the first of its episodes is
);
CREATE INDEX part_expires ON part(expires_at);
CREATE INDEX part_due ON part(due_at);

CREATE TABLE session(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE INDEX session_name ON session(name);

CREATE TABLE speaker(part INTEGER NOT NULL, name TEXT NOT NULL, known_from INTEGER NOT NULL, PRIMARY KEY(part, name)) WITHOUT ROWID;

CREATE TABLE episode(
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  identity TEXT,                             -- what makes it the same when it comes again; free once it is retired
  text TEXT NOT NULL,
  role TEXT NOT NULL,
  speaker TEXT,
  session INTEGER,
  agent TEXT,
  title TEXT,
  said_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  retired_at INTEGER NOT NULL,
  source TEXT,
  metadata TEXT NOT NULL,
  state TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  stems TEXT NOT NULL,
  edited INTEGER NOT NULL,
  text_digest TEXT                           -- of what was said, where its words are not kept
);
CREATE INDEX episode_edited ON episode(edited) WHERE edited > id;
CREATE INDEX episode_uid ON episode(uid);
CREATE INDEX episode_identity ON episode(identity) WHERE identity IS NOT NULL;
CREATE INDEX episode_source ON episode(source) WHERE source IS NOT NULL;
CREATE INDEX episode_expires ON episode(expires_at) WHERE expires_at < 253402214400000000;
CREATE INDEX episode_turn ON episode(session, said_at, recorded_at, retired_at) WHERE session IS NOT NULL;

CREATE TABLE entity(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  is_common INTEGER NOT NULL,
  degree INTEGER NOT NULL DEFAULT 0,         -- known episodes that touch it
  known_from INTEGER NOT NULL,
  own_from INTEGER,                          -- the same of it alone, where something was merged into it
  edited INTEGER NOT NULL
);
CREATE INDEX entity_edited ON entity(edited) WHERE edited > id;
CREATE INDEX entity_key ON entity(key);
CREATE TABLE alias(
  key TEXT NOT NULL,
  entity INTEGER NOT NULL,
  is_lent INTEGER NOT NULL DEFAULT 0,        -- by what was merged into it
  PRIMARY KEY(key, entity)
) WITHOUT ROWID;
CREATE INDEX alias_entity ON alias(entity, key);

-- Entities that were merged into others stand aside here, each by itself, under the row id it had and will have again.
-- All other tables are as merged: the keys of facts, links and aliases lead to what it was merged into.
CREATE TABLE merged(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  is_common INTEGER NOT NULL,
  known_from INTEGER NOT NULL,
  aliases TEXT NOT NULL,
  into_key TEXT NOT NULL,
  is_self INTEGER NOT NULL                   -- whether "I" means this one
);

CREATE TABLE fact(
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  digest TEXT NOT NULL,
  text TEXT NOT NULL,
  subject TEXT,
  subject_key TEXT,
  predicate TEXT,
  object TEXT,
  object_key TEXT,
  mentions TEXT NOT NULL,
  mention_keys TEXT NOT NULL,
  kind TEXT NOT NULL,
  is_negated INTEGER NOT NULL,
  modality TEXT NOT NULL,
  confidence REAL NOT NULL,
  role TEXT NOT NULL,
  happened TEXT,                             -- when, as it was said
  metadata TEXT NOT NULL,
  stems TEXT NOT NULL,
  known_from INTEGER NOT NULL,               -- of its first version
  edited INTEGER NOT NULL
);
CREATE INDEX fact_edited ON fact(edited) WHERE edited > id;
CREATE INDEX fact_uid ON fact(uid);
CREATE INDEX fact_digest ON fact(digest);
CREATE INDEX fact_subject ON fact(subject_key, predicate) WHERE subject_key IS NOT NULL;
CREATE INDEX fact_object ON fact(object_key, predicate) WHERE object_key IS NOT NULL;

-- The keys that facts were told under, where an entity that they name was merged.
CREATE TABLE told(fact INTEGER PRIMARY KEY, subject_key TEXT, object_key TEXT, mention_keys TEXT NOT NULL);

-- One rectangle of the two clocks. A fact has one open belief at most, so its versions follow one another.
CREATE TABLE version(
  fact INTEGER NOT NULL,
  known_from INTEGER NOT NULL,
  known_to INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  PRIMARY KEY(fact, known_from)
) WITHOUT ROWID;

CREATE TABLE evidence(
  fact INTEGER NOT NULL,
  episode INTEGER NOT NULL,
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  known_from INTEGER NOT NULL,
  PRIMARY KEY(fact, episode, start, stop)
) WITHOUT ROWID;
CREATE INDEX evidence_episode ON evidence(episode, start, fact);

CREATE TABLE link(entity INTEGER NOT NULL, fact INTEGER NOT NULL, is_about INTEGER NOT NULL, PRIMARY KEY(entity, fact)) WITHOUT ROWID;
CREATE INDEX link_fact ON link(fact, entity);

CREATE TABLE change(
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  fact TEXT,
  episode TEXT,
  before TEXT,
  after TEXT,
  reason TEXT,
  evidence TEXT NOT NULL
);
CREATE INDEX change_uid ON change(uid);
CREATE TABLE changed(fact TEXT NOT NULL, change INTEGER NOT NULL, PRIMARY KEY(fact, change)) WITHOUT ROWID;

-- What must not be learned again, under a salt of its space that each digest begins with (graphmem/stores/tombstones.py).
CREATE TABLE rejected(part INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY(part, digest)) WITHOUT ROWID;

-- Vectors as float32: the newest of a part one to a row, the others 64 to a blob with their row ids (int64). A chunk
-- has the id of the first vector that was packed into it.
CREATE TABLE episode_tail(id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE episode_chunk(id INTEGER PRIMARY KEY, ids BLOB NOT NULL, vectors BLOB NOT NULL);
CREATE TABLE fact_tail(id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE fact_chunk(id INTEGER PRIMARY KEY, ids BLOB NOT NULL, vectors BLOB NOT NULL);
CREATE TABLE reembedded(record TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;

-- Our own stems, one token each (see text.py); the index is only asked which rows hold a stem.
CREATE VIRTUAL TABLE fact_words USING fts5(stems, content='fact', content_rowid='id', tokenize='unicode61 remove_diacritics 0', columnsize=0);
