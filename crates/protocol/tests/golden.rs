//! Wire shapes are pinned by files, which the web app's tests read as well. A shape that changes here breaks
//! clients that exist: the contract only grows.

#![expect(clippy::unwrap_used, reason = "what helpers of a test can't do fails the test")]

use std::time::Duration;

use domain::ErrorCode;
use domain::model::{
    AccessToken, Author, ChangesPage, Device, EmailAddress, Epoch, Id, Member, MemberNotice, Membership, Message,
    MessageBody, MessageId, MessageKind, MessagePage, MessageState, Nonce, RefreshToken, Role, Room, RoomAccess,
    RoomHead, RoomId, RoomKind, RoomName, RoomOverview, RoomRev, RoomSeq, Session, SessionId, SessionUser, Timestamp,
    Topic, User, UserId, Username,
};
use domain::usecase::{OpenedSession, Posted};
use protocol::{
    ChangesDto, DemoAccountDto, DetailDto, FieldFaultDto, ListDto, MemberDto, MessageDto, MessagePageDto,
    OpenedSessionDto, PostedDto, ProblemDto, RoomDto, SeedFrame, SeedNotice, ServerDto, SessionDto, TokenDto, UserDto,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// 2026-01-02T03:04:05.678Z.
const TIME: Timestamp = Timestamp::from_millis(1_767_323_045_678);

macro_rules! pinned {
    ($($test:ident: $file:literal, $value:expr;)+) => {$(
        #[test]
        fn $test() {
            check(&$value, include_str!(concat!("golden/", $file)));
        }
    )+};
}

pinned! {
    a_message_looks_as_pinned: "message.json", MessageDto::new(&message(), "general", None);
    ones_own_message_has_its_nonce: "message_own.json", MessageDto::new(&message(), "general", Some(ann().id));
    a_tombstone_looks_as_pinned: "tombstone.json", MessageDto::new(&tombstone(), "general", Some(ann().id));
    a_repeated_post_says_so: "posted_duplicate.json", PostedDto::new(&posted(), ann().id);
    a_page_looks_as_pinned: "message_page.json", MessagePageDto::new(&page(), "general", ann().id);
    changes_look_as_pinned: "changes.json", ChangesDto::new(&changes(), &Epoch::new("5f2c"), "general", ann().id);
    a_room_looks_as_pinned_to_a_member: "room.json", RoomDto::from(&overview(true));
    a_room_looks_as_pinned_to_others: "room_outside.json", RoomDto::from(&overview(false));
    a_list_looks_as_pinned: "room_list.json", ListDto { items: vec![RoomDto::from(&overview(true))], next: Some("Mw".to_owned()) };
    a_member_looks_as_pinned: "member.json", MemberDto::from(&member());
    a_user_looks_as_pinned: "user.json", UserDto::from(&ann());
    an_administrator_looks_as_pinned: "user_admin.json", UserDto::from(&User { is_admin: true, email: None, ..ann() });
    a_session_looks_as_pinned: "session.json", SessionDto::new(&session(), session().id);
    a_new_session_looks_as_pinned: "opened_session.json", OpenedSessionDto::new(&opened(), 3600);
    a_token_looks_as_pinned: "token.json", TokenDto::new(&opened(), 3600);
    a_problem_looks_as_pinned: "problem.json", problem();
    a_sentence_looks_as_pinned: "detail.json", DetailDto { detail: "Message deleted".to_owned() };
    the_server_looks_as_pinned: "server.json", server();
    a_message_frame_looks_as_pinned: "seed_message.json", SeedFrame::timeline(&message(), "general", None);
    a_deletion_frame_looks_as_pinned: "seed_message_deleted.json", SeedFrame::timeline(&tombstone(), "general", None);
    a_joining_frame_looks_as_pinned: "seed_user_joined.json", SeedFrame::UserJoined(notice());
    a_leaving_frame_looks_as_pinned: "seed_user_left.json", SeedFrame::UserLeft(notice());
    an_error_frame_looks_as_pinned: "seed_error.json", SeedFrame::error(ErrorCode::TooLong, "content must be shorter");
}

/// Compares both ways, so that neither writing nor reading can drift.
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, pinned: &str) {
    let expected: Value = serde_json::from_str(pinned).unwrap();
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
    assert_eq!(&serde_json::from_value::<T>(expected).unwrap(), value);
}

fn id(last: u8) -> Id {
    Id::from_bytes([0x69, 0x57, 0x37, 0x65, 1, 2, 3, 4, 5, 0, 0, last])
}

fn ann() -> User {
    User {
        id: UserId::new(id(1)),
        username: Username::parse("ann").unwrap(),
        email: Some(EmailAddress::parse("ann@example.org").unwrap()),
        is_admin: false,
        disabled: false,
        created_at: TIME,
    }
}

fn room() -> Room {
    Room {
        id: RoomId::new(id(2)),
        name: Some(RoomName::parse("general").unwrap()),
        kind: RoomKind::Public,
        topic: Topic::parse("Everything").unwrap(),
        created_at: TIME,
        archived_at: None,
    }
}

fn message() -> Message {
    Message {
        id: MessageId::new(id(3)),
        room_id: room().id,
        seq: RoomSeq::new(41).unwrap(),
        rev: RoomRev::new(57).unwrap(),
        author: Author { id: ann().id, username: ann().username },
        kind: MessageKind::Text,
        state: MessageState::Live { body: MessageBody::parse("Hello, <b>Bob</b> 👋").unwrap() },
        created_at: TIME,
        nonce: Some(Nonce::parse("4f1c2b7e9a3d4c5e8f60").unwrap()),
    }
}

fn tombstone() -> Message {
    let state = MessageState::Deleted { at: TIME.plus(Duration::from_secs(60)), by: ann().id };
    Message { state, rev: RoomRev::new(58).unwrap(), ..message() }
}

fn posted() -> Posted {
    Posted { room: room(), message: message().into(), duplicate: true }
}

fn head() -> RoomHead {
    RoomHead { seq: RoomSeq::new(41).unwrap(), rev: RoomRev::new(58).unwrap() }
}

fn page() -> MessagePage {
    MessagePage { items: vec![tombstone()], head: head(), has_before: true, has_after: false }
}

fn changes() -> ChangesPage {
    ChangesPage { items: vec![tombstone()], head: head(), more: false }
}

fn overview(is_member: bool) -> RoomOverview {
    let membership = Membership { room_id: room().id, user_id: ann().id, role: Role::Member, joined_at: TIME };
    let access = RoomAccess { room: room(), membership: is_member.then_some(membership) };
    RoomOverview { access, head: head(), member_count: 2 }
}

fn member() -> Member {
    Member { user_id: ann().id, username: ann().username, role: Role::Owner, joined_at: TIME }
}

fn session() -> Session {
    Session {
        id: SessionId::new(id(4)),
        user_id: ann().id,
        created_at: TIME,
        refreshed_at: TIME.plus(Duration::from_secs(3600)),
        expires_at: TIME.plus(Duration::from_secs(30 * 24 * 3600)),
        device: Device::describe("Browser/1.0"),
    }
}

fn opened() -> OpenedSession {
    OpenedSession {
        live: SessionUser { session: session(), user: ann() },
        access_token: AccessToken::new("header.claims.signature"),
        refresh_token: RefreshToken::new("only in the cookie"),
    }
}

fn problem() -> ProblemDto {
    ProblemDto {
        kind: "/docs#invalid".to_owned(),
        title: "Invalid".to_owned(),
        status: 422,
        detail: "username must have at least 2 characters, has 1".to_owned(),
        code: ErrorCode::Invalid.as_str().to_owned(),
        request_id: "695737650102030405000009".to_owned(),
        errors: vec![FieldFaultDto {
            pointer: "/username".to_owned(),
            code: ErrorCode::Invalid.as_str().to_owned(),
            detail: "must have at least 2 characters, has 1".to_owned(),
        }],
        retry_after_ms: None,
    }
}

fn server() -> ServerDto {
    let account = DemoAccountDto { username: "testuser".to_owned(), password: "testpass123".to_owned() };
    let (name, version) = ("Chinwag".to_owned(), "0.1.0".to_owned());
    ServerDto { name, version, demo: vec![account], needs_setup: false }
}

fn notice() -> SeedNotice {
    let notice = MemberNotice { room_id: room().id, user_id: ann().id, username: ann().username, at: TIME };
    SeedNotice::new(&notice, "general")
}
