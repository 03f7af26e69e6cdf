//! Messages for the tests of this crate.

use protocol::MessageDto;

/// Makes message `seq` of room `r`, posted as change `seq`, with the nonce-like text `n{seq}`.
pub(crate) fn message(seq: u64) -> MessageDto {
    MessageDto {
        id: format!("m{seq}"),
        room: "r".to_owned(),
        room_id: "r".to_owned(),
        seq,
        rev: seq,
        user_id: "u".to_owned(),
        username: "u".to_owned(),
        content: Some(format!("n{seq} text")),
        created_at: "2026-01-01T00:00:00.000Z".to_owned(),
        kind: None,
        version: Some(1),
        edited_at: None,
        deleted: false,
        reply_to: None,
        thread: None,
        mentions: Vec::new(),
        reactions: Vec::new(),
        pinned_at: None,
        nonce: None,
    }
}
