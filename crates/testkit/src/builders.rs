//! Valid things with as few words as possible. Ids are fresh; times are [`BASE_TIME`]; change a field where a case
//! depends on it.

use std::time::Duration;

use domain::model::{
    Author, Device, Emoji, Membership, Mentions, Message, MessageBody, MessageChange, MessageId, NewMessage, NewRoom,
    NewSession, NewUser, Nonce, PageSize, PasswordHash, Privacy, ReplyPreview, Role, Room, RoomId, RoomKind, RoomName,
    Session, SessionId, Timestamp, TokenDigest, Topic, User, UserId, Username,
};

use crate::ids::fresh_id;

/// When everything in tests happens unless they say otherwise: 2026-01-02T03:04:05.678Z.
pub const BASE_TIME: Timestamp = Timestamp::from_millis(1_767_323_045_678);

/// Parses a user name that is known to be valid.
pub fn username(text: &str) -> Username {
    Username::parse(text).expect("a valid user name")
}

/// Parses a room name that is known to be valid.
pub fn room_name(text: &str) -> RoomName {
    RoomName::parse(text).expect("a valid room name")
}

/// Parses a message's text that is known to be valid.
pub fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).expect("a valid text")
}

/// Parses a nonce that is known to be valid.
pub fn a_nonce(text: &str) -> Nonce {
    Nonce::parse(text).expect("a valid nonce")
}

/// Builds an edit by somebody who has seen the message as given; a second passes between posting and it.
///
/// # Panics
/// If it is a tombstone.
pub fn an_edit(seen: &Message, text: &str) -> MessageChange {
    MessageChange::Edit {
        body: body(text),
        mentions: Mentions::default(),
        seen: seen.content().expect("a live message").version,
        at: BASE_TIME.plus(Duration::from_secs(1)),
    }
}

/// Parses an emoji that is known to be valid.
pub fn emoji(text: &str) -> Emoji {
    Emoji::parse(text).expect("a valid emoji")
}

/// Gives mentions of those users by name.
pub fn mentions_of<'a>(users: impl IntoIterator<Item = &'a User>) -> Mentions {
    let mut users: Vec<UserId> = users.into_iter().map(|user| user.id).collect();
    users.sort_unstable();
    users.dedup();
    Mentions { users, room: false, here: false }
}

/// Gives a page size of exactly that many items.
pub fn page_size(items: u16) -> PageSize {
    PageSize::clamped(Some(u64::from(items)), items, items)
}

/// Builds an account without an e-mail address, open, not an administrator.
pub fn a_user(name: &str) -> NewUser {
    NewUser {
        user: User {
            id: UserId::new(fresh_id()),
            username: username(name),
            email: None,
            is_admin: false,
            disabled: false,
            privacy: Privacy::default(),
            created_at: BASE_TIME,
        },
        password_hash: PasswordHash::new(format!("$test$hash-of-{name}")),
    }
}

/// Builds a session of that user that lasts an hour and whose first refresh token has that digest.
pub fn a_session(user_id: UserId, digest: TokenDigest) -> NewSession {
    NewSession {
        session: Session {
            id: SessionId::new(fresh_id()),
            user_id,
            created_at: BASE_TIME,
            refreshed_at: BASE_TIME,
            expires_at: BASE_TIME.plus(Duration::from_secs(3600)),
            device: Device::describe("a test"),
        },
        refresh_digest: digest,
    }
}

/// Builds a public room that belongs to that user.
pub fn a_room(name: &str, owner: UserId) -> NewRoom {
    NewRoom {
        room: Room {
            id: RoomId::new(fresh_id()),
            name: Some(room_name(name)),
            kind: RoomKind::Public,
            topic: Topic::default(),
            created_at: BASE_TIME,
            archived_at: None,
            edit_window: None,
        },
        owner,
    }
}

/// Builds the membership of an ordinary member.
pub fn a_membership(room_id: RoomId, user_id: UserId) -> Membership {
    Membership { room_id, user_id, role: Role::Member, joined_at: BASE_TIME }
}

/// Builds a message without a nonce.
pub fn a_message(room_id: RoomId, author: &User, text: &str) -> NewMessage {
    NewMessage {
        id: MessageId::new(fresh_id()),
        room_id,
        author: Author { id: author.id, username: author.username.clone() },
        body: body(text),
        mentions: Mentions::default(),
        created_at: BASE_TIME,
        nonce: None,
        reply_to: None,
        thread: None,
    }
}

/// Builds a message that answers another one of its room.
pub fn a_reply(to: &Message, author: &User, text: &str) -> NewMessage {
    NewMessage { reply_to: Some(ReplyPreview::of(to)), ..a_message(to.room_id, author, text) }
}

/// Builds a message of the thread that another one of its room began.
pub fn a_thread_reply(root: &Message, author: &User, text: &str) -> NewMessage {
    NewMessage { thread: Some(root.id), ..a_message(root.room_id, author, text) }
}
