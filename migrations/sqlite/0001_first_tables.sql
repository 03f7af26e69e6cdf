-- The tables of accounts, log-ins, rooms, memberships and timelines.
--
-- Ids are BLOBs of 12 bytes. Times are milliseconds since 1970. Every row carries a checksum over its other
-- columns (not over the counters of a room, which are checked against what they count), so that a damaged value is
-- found even where the file's structure is whole.

-- "Chwg": tells this file from another program's database.
PRAGMA application_id = 1130919783;

-- One row: the name of this data set, replaced by a restore.
CREATE TABLE dataset (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch    TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    user_no       INTEGER PRIMARY KEY,
    user_id       BLOB NOT NULL UNIQUE CHECK (length(user_id) = 12),
    username      TEXT NOT NULL,
    -- The name in lower case: to look up and to list by.
    name_key      TEXT NOT NULL UNIQUE,
    -- What names that look alike share.
    name_skeleton TEXT NOT NULL UNIQUE,
    email         TEXT,
    is_admin      INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    checksum      INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    session_no     INTEGER PRIMARY KEY,
    session_id     BLOB NOT NULL UNIQUE CHECK (length(session_id) = 12),
    user_id        BLOB NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at     INTEGER NOT NULL,
    refreshed_at   INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    device         TEXT NOT NULL,
    -- The digest of the refresh token that can be exchanged next.
    current_digest BLOB NOT NULL CHECK (length(current_digest) = 32),
    checksum       INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);

-- Every digest a live session ever had, so that an old token is recognised as used before.
CREATE TABLE session_digests (
    digest     BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    session_id BLOB NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    checksum   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_digests_by_session ON session_digests (session_id);

CREATE TABLE rooms (
    -- The room's short number within this file; part of every message's place. Below 2^23, never used again.
    room_no      INTEGER PRIMARY KEY AUTOINCREMENT CHECK (room_no BETWEEN 1 AND 8388607),
    room_id      BLOB NOT NULL UNIQUE CHECK (length(room_id) = 12),
    name         TEXT UNIQUE,
    kind         TEXT NOT NULL,
    topic        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    archived_at  INTEGER,
    -- The last numbers given out, written together with what got them.
    head_seq     INTEGER NOT NULL DEFAULT 0,
    head_rev     INTEGER NOT NULL DEFAULT 0,
    -- How many memberships there are, written together with them.
    member_count INTEGER NOT NULL DEFAULT 0,
    checksum     INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    room_id   BLOB NOT NULL REFERENCES rooms (room_id) ON DELETE CASCADE,
    user_id   BLOB NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    role      TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    checksum  INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX memberships_by_user ON memberships (user_id, room_id);

-- A timeline is stored in its order: a message's place is room_no * 2^40 + seq, its change room_no * 2^40 + rev.
-- One integer key each makes (room, seq) and (room, rev) unique, keeps a page of history together on disk and is
-- the cheapest thing to append to. Author and room aren't foreign keys, because the writer has checked the
-- membership, which refers to both, in the same transaction.
CREATE TABLE messages (
    place       INTEGER PRIMARY KEY,
    change      INTEGER NOT NULL UNIQUE,
    message_id  BLOB NOT NULL UNIQUE,
    author_id   BLOB NOT NULL,
    -- The author's name when the message was written.
    author_name TEXT NOT NULL,
    kind        TEXT NOT NULL,
    -- NULL in a tombstone.
    body        TEXT,
    created_at  INTEGER NOT NULL,
    nonce       TEXT,
    deleted_at  INTEGER,
    deleted_by  BLOB,
    checksum    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX messages_by_nonce ON messages (place >> 40, author_id, nonce) WHERE nonce IS NOT NULL;
