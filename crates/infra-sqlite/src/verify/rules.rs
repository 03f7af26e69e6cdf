//! The rules that rows keep together, as questions.

/// What must give no row; each row is a line that says what is wrong. Tables are read as they are (`NOT INDEXED`) where
/// an index might hide what a table holds.
pub(super) const RULES: &[&str] = &[
    "SELECT 'the data set has ' || count(*) || ' names instead of one' FROM dataset HAVING count(*) <> 1",
    "SELECT 'message ' || lower(hex(message_id)) || ' is in no room' FROM messages \
     WHERE place >> 40 NOT IN (SELECT room_no FROM rooms)",
    "SELECT 'room ' || lower(hex(room_id)) || ' has ' || coalesce(messages, 0) || ' messages at places ' \
     || coalesce(low, 0) || ' to ' || coalesce(high, 0) || ', and its head is ' || head_seq FROM rooms \
     LEFT JOIN (SELECT place >> 40 AS room_no, count(*) AS messages, min(place & 1099511627775) AS low, \
     max(place & 1099511627775) AS high FROM messages NOT INDEXED GROUP BY 1) USING (room_no) \
     WHERE coalesce(messages, 0) <> head_seq OR coalesce(high, 0) <> head_seq OR coalesce(low, 1) <> 1",
    "SELECT 'room ' || lower(hex(room_id)) || ' has changes up to ' || coalesce(high, 0) || ', and its head is ' \
     || head_rev FROM rooms LEFT JOIN (SELECT place >> 40 AS room_no, max(change & 1099511627775) AS high \
     FROM messages NOT INDEXED GROUP BY 1) USING (room_no) WHERE coalesce(high, 0) <> head_rev",
    "SELECT 'message ' || lower(hex(message_id)) || ' has a change of another room or none' FROM messages \
     NOT INDEXED WHERE change >> 40 <> place >> 40 OR change & 1099511627775 = 0",
    "SELECT 'two messages have the change ' || change FROM messages NOT INDEXED GROUP BY change HAVING count(*) > 1",
    "SELECT 'two messages have the id ' || lower(hex(message_id)) FROM messages NOT INDEXED GROUP BY message_id \
     HAVING count(*) > 1",
    "SELECT 'two messages of one author in one room have the nonce ' || nonce FROM messages NOT INDEXED \
     WHERE nonce IS NOT NULL GROUP BY place >> 40, author_id, nonce HAVING count(*) > 1",
    "SELECT 'message ' || lower(hex(message_id)) || ' has an author who does not exist' FROM messages \
     WHERE author_id NOT IN (SELECT user_id FROM users)",
    "SELECT 'message ' || lower(hex(message_id)) || ' is neither whole nor a tombstone without text' FROM messages \
     WHERE (body IS NULL) <> (deleted_at IS NOT NULL) OR (deleted_at IS NULL) <> (deleted_by IS NULL) \
     OR (version IS NULL) <> (deleted_at IS NOT NULL) OR (change_kind = 'delete') <> (deleted_at IS NOT NULL) \
     OR (deleted_at IS NOT NULL AND coalesce(edited_at, mentions, reactions, pinned_at, pinned_by) IS NOT NULL)",
    "SELECT 'message ' || lower(hex(message_id)) || ' is version ' || version || ', which its times do not say' \
     FROM messages NOT INDEXED WHERE version NOT BETWEEN 1 AND 100 OR (version = 1) <> (edited_at IS NULL)",
    "SELECT 'message ' || lower(hex(message_id)) || ' is half pinned' FROM messages NOT INDEXED \
     WHERE (pinned_at IS NULL) <> (pinned_by IS NULL)",
    "SELECT 'message ' || lower(hex(message_id)) || ' was posted under change ' || posted_rev \
     || ', and its latest, ' || (change & 1099511627775) || ', is a ' || change_kind FROM messages NOT INDEXED \
     WHERE posted_rev < 1 OR posted_rev > change & 1099511627775 \
     OR (change_kind = 'post') <> (posted_rev = change & 1099511627775)",
    "SELECT 'message ' || lower(hex(later.message_id)) || ' was posted under change ' || later.posted_rev \
     || ', after ' || earlier.posted_rev FROM messages later NOT INDEXED JOIN messages earlier \
     ON earlier.place = later.place - 1 WHERE later.posted_rev <= earlier.posted_rev",
    "SELECT 'message ' || lower(hex(m.message_id)) || ' was posted under the latest change of another, ' \
     || m.posted_rev FROM messages m NOT INDEXED JOIN messages other \
     ON other.change = ((m.place >> 40) << 40) + m.posted_rev WHERE other.place <> m.place",
    "SELECT 'message ' || lower(hex(m.message_id)) || ' has ' || coalesce(kept, 0) || ' earlier texts, up to version ' \
     || coalesce(high, 0) || ', and is version ' || coalesce(m.version, 'none') FROM messages m NOT INDEXED \
     LEFT JOIN (SELECT place, count(*) AS kept, min(version) AS low, max(version) AS high FROM versions NOT INDEXED \
     GROUP BY place) v ON v.place = m.place WHERE coalesce(kept, 0) <> coalesce(m.version, 1) - 1 \
     OR coalesce(high, 0) <> coalesce(m.version, 1) - 1 OR coalesce(low, 1) <> 1",
    "SELECT 'message ' || lower(hex(m.message_id)) || ' answers none that was in its room before it' \
     FROM messages m NOT INDEXED LEFT JOIN messages a ON a.place = m.reply_place \
     WHERE (m.reply_id IS NULL) <> (m.reply_place IS NULL) OR (m.reply_id IS NOT NULL \
     AND NOT coalesce(a.message_id = m.reply_id AND a.place >> 40 = m.place >> 40 AND a.place < m.place, FALSE))",
    "SELECT 'message ' || lower(hex(m.message_id)) || ' is in a thread that none in its room began' \
     FROM messages m NOT INDEXED LEFT JOIN messages t ON t.message_id = m.thread_id WHERE m.thread_id IS NOT NULL \
     AND NOT coalesce(t.place >> 40 = m.place >> 40 AND t.place < m.place AND t.thread_id IS NULL, FALSE)",
    "SELECT 'user ' || lower(hex(m.user_id)) || ' has read up to message ' || m.read_seq || ' of room ' \
     || lower(hex(r.room_id)) || ', and its head is ' || r.head_seq FROM memberships m JOIN rooms r USING (room_id) \
     WHERE m.read_seq NOT BETWEEN 0 AND r.head_seq",
    "SELECT 'room ' || lower(hex(room_id)) || ' has ' || (SELECT count(*) FROM memberships m \
     WHERE m.room_id = r.room_id) || ' members and counts ' || member_count FROM rooms r \
     WHERE member_count <> (SELECT count(*) FROM memberships m WHERE m.room_id = r.room_id)",
    "SELECT 'two users have the skeleton ' || name_skeleton FROM users NOT INDEXED GROUP BY name_skeleton \
     HAVING count(*) > 1",
    "SELECT 'two rooms have the name ' || name FROM rooms NOT INDEXED WHERE name IS NOT NULL GROUP BY name \
     HAVING count(*) > 1",
    "SELECT 'session ' || lower(hex(session_id)) || ' does not know its refresh token' FROM sessions s \
     WHERE NOT EXISTS (SELECT 1 FROM session_digests d WHERE d.digest = s.current_digest \
     AND d.session_id = s.session_id)",
];
