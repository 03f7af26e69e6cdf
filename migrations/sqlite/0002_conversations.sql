-- Edits, reactions, pins, mentions, answers and threads; read positions, presence and privacy.
--
-- `seal(…)` is Chinwag's checksum, present while migrations run. A row whose checksum was wrong before keeps it, so
-- that damage is still found afterwards.

ALTER TABLE users ADD COLUMN shows_typing INTEGER NOT NULL DEFAULT 1 CHECK (shows_typing IN (0, 1));
ALTER TABLE users ADD COLUMN shows_receipts INTEGER NOT NULL DEFAULT 1 CHECK (shows_receipts IN (0, 1));
ALTER TABLE users ADD COLUMN shows_presence INTEGER NOT NULL DEFAULT 1 CHECK (shows_presence IN (0, 1));

UPDATE users SET checksum = seal(user_id, user_no, username, name_key, name_skeleton, email, is_admin, disabled,
    created_at, password_hash, shows_typing, shows_receipts, shows_presence)
WHERE checksum = seal(user_id, user_no, username, name_key, name_skeleton, email, is_admin, disabled, created_at,
    password_hash);

-- Seconds; NULL for ever.
ALTER TABLE rooms ADD COLUMN edit_window INTEGER CHECK (edit_window BETWEEN 0 AND 31536000);

UPDATE rooms SET checksum = seal(room_id, room_no, name, kind, topic, created_at, archived_at, edit_window)
WHERE checksum = seal(room_id, room_no, name, kind, topic, created_at, archived_at);

-- The last message the member has read. Whoever was a member before there were positions has read everything.
ALTER TABLE memberships ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;

UPDATE memberships
SET read_seq = coalesce((SELECT head_seq FROM rooms WHERE rooms.room_id = memberships.room_id), 0);
UPDATE memberships SET checksum = seal(room_id, user_id, role, joined_at, read_seq)
WHERE checksum = seal(room_id, user_id, role, joined_at);

-- The rev under which the message was posted.
ALTER TABLE messages ADD COLUMN posted_rev INTEGER NOT NULL DEFAULT 0;
-- What the latest change was.
ALTER TABLE messages ADD COLUMN change_kind TEXT NOT NULL DEFAULT 'post';
-- From here to pinned_by: NULL in a tombstone.
ALTER TABLE messages ADD COLUMN version INTEGER;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
-- Flags (1: room, 2: here) in a byte, then the ids of those called by name; NULL if nobody is called.
ALTER TABLE messages ADD COLUMN mentions BLOB;
-- For each emoji its length in a byte, the emoji, how many reacted in four bytes (the lowest first), and their ids;
-- NULL without any.
ALTER TABLE messages ADD COLUMN reactions BLOB;
ALTER TABLE messages ADD COLUMN pinned_at INTEGER;
ALTER TABLE messages ADD COLUMN pinned_by BLOB;
-- The message that began the thread.
ALTER TABLE messages ADD COLUMN thread_id BLOB;
-- The message answered. What it says is looked up by its place, so that a deleted text isn't quoted on.
ALTER TABLE messages ADD COLUMN reply_id BLOB;
ALTER TABLE messages ADD COLUMN reply_place INTEGER;

-- In one go, since these are nearly all there are.
UPDATE messages SET posted_rev = change & 1099511627775, version = 1,
    checksum = iif(
        checksum = seal(place, change, message_id, author_id, author_name, kind, body, created_at, nonce, deleted_at,
            deleted_by),
        seal(place, change, message_id, author_id, author_name, kind, body, created_at, nonce, deleted_at, deleted_by,
            change & 1099511627775, 'post', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        checksum)
WHERE deleted_at IS NULL;

UPDATE messages SET change_kind = 'delete' WHERE deleted_at IS NOT NULL;

-- A deletion took a new number and left the number of the post unused. Posts took theirs in the order of their
-- places, so the first unused number of a room is that of its first tombstone, and so on. Rooms where the two don't
-- count alike are damaged and left alone.
WITH RECURSIVE
    whole (room_no) AS (
        SELECT change >> 40 FROM messages GROUP BY 1
        HAVING max(change & 1099511627775) - count(*) = count(deleted_at)
    ),
    used (change, before) AS (
        SELECT change, coalesce(lag(change) OVER (PARTITION BY change >> 40 ORDER BY change), (change >> 40) << 40)
        FROM messages WHERE change >> 40 IN whole
    ),
    unused (change, until) AS (
        SELECT before + 1, change FROM used WHERE before + 1 < change
        UNION ALL
        SELECT change + 1, until FROM unused WHERE change + 1 < until
    ),
    posted (room_no, nth, rev) AS (
        SELECT change >> 40, row_number() OVER (PARTITION BY change >> 40 ORDER BY change), change & 1099511627775
        FROM unused
    ),
    tombstones (place, room_no, nth) AS (
        SELECT place, place >> 40, row_number() OVER (PARTITION BY place >> 40 ORDER BY place)
        FROM messages WHERE deleted_at IS NOT NULL
    )
UPDATE messages SET posted_rev = found.rev
FROM (SELECT place, rev FROM tombstones JOIN posted USING (room_no, nth)) AS found
WHERE messages.place = found.place;

UPDATE messages SET checksum = seal(place, change, message_id, author_id, author_name, kind, body, created_at, nonce,
    deleted_at, deleted_by, posted_rev, change_kind, version, edited_at, mentions, reactions, pinned_at, pinned_by,
    thread_id, reply_id, reply_place)
WHERE deleted_at IS NOT NULL AND checksum = seal(place, change, message_id, author_id, author_name, kind, body,
    created_at, nonce, deleted_at, deleted_by);

-- To count one's own messages after a position, and to find all of somebody's.
CREATE INDEX messages_by_author ON messages (author_id);
-- What is never unread.
CREATE INDEX messages_never_unread ON messages (place, author_id, deleted_at, kind)
WHERE deleted_at IS NOT NULL OR kind = 'system';
CREATE INDEX messages_pinned ON messages (place) WHERE pinned_at IS NOT NULL;
CREATE INDEX messages_by_thread ON messages (thread_id, place, author_id, deleted_at) WHERE thread_id IS NOT NULL;

-- The texts that were replaced: versions 1, 2, 3, … of a message, up to the one before its present text.
CREATE TABLE versions (
    place    INTEGER NOT NULL REFERENCES messages (place),
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    since    INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (place, version)
) STRICT;

-- Whom messages call, to be counted: one row for each user called by name, or one with an empty target if everybody
-- is called. It says nothing that the messages don't say, and is checked against them.
CREATE TABLE mentions (
    target    BLOB NOT NULL CHECK (length(target) IN (0, 12)),
    place     INTEGER NOT NULL,
    author_id BLOB NOT NULL,
    PRIMARY KEY (target, place)
) STRICT, WITHOUT ROWID;

-- Who chose to follow a thread, or not to.
CREATE TABLE follows (
    root_id  BLOB NOT NULL REFERENCES messages (message_id),
    user_id  BLOB NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    follows  INTEGER NOT NULL CHECK (follows IN (0, 1)),
    checksum INTEGER NOT NULL,
    PRIMARY KEY (root_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX follows_by_user ON follows (user_id);

-- What users chose to be shown as, and when they were last seen.
CREATE TABLE presences (
    user_id      BLOB NOT NULL PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    availability TEXT NOT NULL,
    status_text  TEXT,
    until        INTEGER,
    last_seen_at INTEGER,
    checksum     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
