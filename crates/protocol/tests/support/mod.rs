//! What the golden files show: one room, its people and their messages.

#![allow(dead_code, reason = "each test crate uses a part of it")]

use std::time::Duration;

use domain::model::{
    AccessToken, Author, ChangeKind, ChangesPage, Device, EditWindow, EmailAddress, Emoji, Excerpt, Id, Member,
    MemberNotice, Membership, Mentions, Message, MessageBody, MessageContent, MessageId, MessageKind, MessagePage,
    MessageState, Nonce, Pin, Privacy, Reaction, Reactions, ReadState, RefreshToken, ReplyPreview, Role, Room,
    RoomAccess, RoomHead, RoomId, RoomKind, RoomName, RoomOverview, RoomRev, RoomSeq, Session, SessionId, SessionUser,
    ThreadPage, ThreadSummary, Timestamp, Topic, User, UserId, Username, Version,
};
use domain::usecase::{OpenedSession, Posted, ThreadView};
use protocol::SeedNotice;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// 2026-01-02T03:04:05.678Z.
pub(crate) const TIME: Timestamp = Timestamp::from_millis(1_767_323_045_678);

/// Makes a test for each file: what is written is the file, and the file reads back as what was written.
macro_rules! pinned {
    ($($test:ident: $file:literal, $value:expr;)+) => {$(
        #[test]
        fn $test() {
            support::check(&$value, include_str!(concat!("golden/", $file)));
        }
    )+};
}
pub(crate) use pinned;

/// Compares both ways, so that neither writing nor reading can drift.
pub(crate) fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, pinned: &str) {
    let expected: Value = serde_json::from_str(pinned).unwrap();
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
    assert_eq!(&serde_json::from_value::<T>(expected).unwrap(), value);
}

pub(crate) fn id(last: u8) -> Id {
    Id::from_bytes([0x69, 0x57, 0x37, 0x65, 1, 2, 3, 4, 5, 0, 0, last])
}

pub(crate) fn ann() -> User {
    User {
        id: UserId::new(id(1)),
        username: Username::parse("ann").unwrap(),
        email: Some(EmailAddress::parse("ann@example.org").unwrap()),
        is_admin: false,
        disabled: false,
        privacy: Privacy { receipts: false, ..Privacy::default() },
        created_at: TIME,
    }
}

pub(crate) fn bob() -> UserId {
    UserId::new(id(7))
}

pub(crate) fn room() -> Room {
    Room {
        id: RoomId::new(id(2)),
        name: Some(RoomName::parse("general").unwrap()),
        kind: RoomKind::Public,
        topic: Topic::parse("Everything").unwrap(),
        created_at: TIME,
        archived_at: None,
        edit_window: None,
    }
}

pub(crate) fn message() -> Message {
    let body = MessageBody::parse("Hello, <b>Bob</b> 👋").unwrap();
    Message {
        id: MessageId::new(id(3)),
        room_id: room().id,
        seq: RoomSeq::new(41).unwrap(),
        rev: RoomRev::new(57).unwrap(),
        posted_rev: RoomRev::new(57).unwrap(),
        change: ChangeKind::Post,
        author: Author { id: ann().id, username: ann().username },
        kind: MessageKind::Text,
        state: MessageState::Live(MessageContent::new(body, Mentions::default())),
        created_at: TIME,
        nonce: Some(Nonce::parse("4f1c2b7e9a3d4c5e8f60").unwrap()),
        reply_to: None,
        thread: None,
    }
}

/// A message with everything a message can have.
pub(crate) fn full_message() -> Message {
    let at = TIME.plus(Duration::from_secs(60));
    let reaction = |emoji, users: &[UserId]| Reaction { emoji: Emoji::parse(emoji).unwrap(), users: users.to_vec() };
    let content = MessageContent {
        body: MessageBody::parse("@bob @here: see above").unwrap(),
        version: Version::new(2).unwrap(),
        edited_at: Some(at),
        mentions: Mentions { users: vec![bob()], room: false, here: true },
        reactions: Reactions::from_stored(vec![reaction("👍", &[bob(), ann().id]), reaction("❤️", &[bob()])]),
        pin: Some(Pin { at, by: bob() }),
    };
    Message {
        id: MessageId::new(id(5)),
        seq: RoomSeq::new(42).unwrap(),
        rev: RoomRev::new(61).unwrap(),
        posted_rev: RoomRev::new(59).unwrap(),
        change: ChangeKind::Pin,
        state: MessageState::Live(content),
        nonce: None,
        reply_to: Some(reply_to()),
        thread: Some(message().id),
        ..message()
    }
}

fn reply_to() -> ReplyPreview {
    let excerpt = Excerpt::of(&MessageBody::parse("Has anybody\nseen the tea?").unwrap());
    let author = Author { id: bob(), username: Username::parse("bob").unwrap() };
    ReplyPreview { id: MessageId::new(id(6)), seq: RoomSeq::new(40).unwrap(), author, excerpt: Some(excerpt) }
}

pub(crate) fn reply_to_a_tombstone() -> Message {
    Message { reply_to: Some(ReplyPreview { excerpt: None, ..reply_to() }), nonce: None, ..message() }
}

pub(crate) fn edited() -> Message {
    Message { change: ChangeKind::Edit, ..full_message() }
}

pub(crate) fn reacted() -> Message {
    Message { change: ChangeKind::Reaction, ..full_message() }
}

pub(crate) fn tombstone() -> Message {
    let state = MessageState::Deleted { at: TIME.plus(Duration::from_secs(60)), by: ann().id };
    Message { state, rev: RoomRev::new(58).unwrap(), change: ChangeKind::Delete, ..message() }
}

pub(crate) fn posted() -> Posted {
    Posted { room: room(), message: message().into(), duplicate: true }
}

pub(crate) fn head() -> RoomHead {
    RoomHead { seq: RoomSeq::new(41).unwrap(), rev: RoomRev::new(58).unwrap() }
}

pub(crate) fn page() -> MessagePage {
    MessagePage { items: vec![tombstone()], head: head(), has_before: true, has_after: false }
}

pub(crate) fn changes() -> ChangesPage {
    ChangesPage { items: vec![tombstone()], head: head(), more: false }
}

pub(crate) fn thread() -> ThreadView {
    let page = ThreadPage { items: vec![full_message()], more: true };
    let summary = ThreadSummary { replies: 2, last_seq: RoomSeq::new(44).unwrap(), following: true };
    ThreadView { room: room(), root: message(), summary, page }
}

pub(crate) fn read_state() -> ReadState {
    ReadState { read_seq: RoomSeq::new(38).unwrap(), unread: 3, mentions: 1 }
}

pub(crate) fn overview(is_member: bool) -> RoomOverview {
    let membership = Membership { room_id: room().id, user_id: ann().id, role: Role::Member, joined_at: TIME };
    let access = RoomAccess { room: room(), membership: is_member.then_some(membership) };
    RoomOverview { access, head: head(), member_count: 2, read_state: is_member.then(read_state) }
}

pub(crate) fn overview_with_edit_window() -> RoomOverview {
    let mut overview = overview(true);
    overview.access.room.edit_window = Some(EditWindow::from_seconds(900).unwrap());
    overview
}

pub(crate) fn member() -> Member {
    Member { user_id: ann().id, username: ann().username, role: Role::Owner, joined_at: TIME }
}

pub(crate) fn session() -> Session {
    Session {
        id: SessionId::new(id(4)),
        user_id: ann().id,
        created_at: TIME,
        refreshed_at: TIME.plus(Duration::from_secs(3600)),
        expires_at: TIME.plus(Duration::from_secs(30 * 24 * 3600)),
        device: Device::describe("Browser/1.0"),
    }
}

pub(crate) fn opened() -> OpenedSession {
    OpenedSession {
        live: SessionUser { session: session(), user: ann() },
        access_token: AccessToken::new("header.claims.signature"),
        refresh_token: RefreshToken::new("only in the cookie"),
    }
}

pub(crate) fn notice() -> SeedNotice {
    let notice = MemberNotice { room_id: room().id, user_id: ann().id, username: ann().username, at: TIME };
    SeedNotice::new(&notice, "general")
}
