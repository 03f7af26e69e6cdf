//! Frames and commands of the gateway are pinned by files, which the web app's tests read as well, one at least for each
//! type and op.

#![expect(clippy::unwrap_used, reason = "what helpers of a test can't do fails the test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::ErrorCode;
use domain::model::{Status, StatusText};
use protocol::{
    AuthDto, ChangesFrame, ChosenPresenceDto, EditDto, EditMessageDto, ErrorFrame, FocusDto, GatewayCommandDto,
    GatewayFrame, GatewayRequest, GatewayRequestDto, HelloFrame, LaggedFrame, LimitsDto, MarkReadDto, MarkerDto,
    MemberFrame, MessageDto, MessageRefDto, OkFrame, PingFrame, PongFrame, PresenceDto, PresenceFrame, PublicUserDto,
    ReactDto, ReceiptFrame, ReconnectFrame, ResetFrame, RoomDto, RoomRemovedFrame, SeedCommandDto, SendDto, StateFrame,
    SyncDto, SyncedFrame, TypingDto, TypingFrame, UserDto, format_time,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use support::{
    TIME, ann, bob, edited, full_message, message, overview, pinned, reacted, read_state, room, session, tombstone,
};
use utoipa::PartialSchema;

pinned! {
    hello_looks_as_pinned: "frame_hello.json", GatewayFrame::Hello(Box::new(hello()));
    ok_looks_as_pinned: "frame_ok.json", GatewayFrame::Ok(OkFrame { id: Some("a1".into()), ..OkFrame::default() });
    ok_to_a_send_looks_as_pinned: "frame_ok_send.json", GatewayFrame::Ok(sent());
    ok_to_a_mark_looks_as_pinned: "frame_ok_mark.json", GatewayFrame::Ok(marked());
    an_error_looks_as_pinned: "frame_error.json", GatewayFrame::error(None, ErrorCode::BadRequest, "a frame must be a JSON object");
    a_refusal_says_how_long_to_wait: "frame_error_rate_limited.json", GatewayFrame::Error(rate_limited());
    a_version_mismatch_has_the_present_message: "frame_error_version_mismatch.json", GatewayFrame::Error(version_mismatch());
    state_looks_as_pinned: "frame_state.json", GatewayFrame::State(state());
    changes_look_as_pinned: "frame_changes.json", GatewayFrame::Changes(changes());
    reset_looks_as_pinned: "frame_reset.json", GatewayFrame::Reset(reset());
    synced_looks_as_pinned: "frame_synced.json", GatewayFrame::Synced(SyncedFrame { heads: heads() });
    a_message_looks_as_pinned: "frame_message.json", GatewayFrame::timeline(&message(), "general", None);
    an_edit_looks_as_pinned: "frame_message_updated.json", GatewayFrame::timeline(&edited(), "general", None);
    a_reaction_looks_as_pinned: "frame_message_updated_reaction.json", GatewayFrame::timeline(&reacted(), "general", None);
    a_pin_looks_as_pinned: "frame_message_updated_pin.json", GatewayFrame::timeline(&full_message(), "general", None);
    a_deletion_looks_as_pinned: "frame_message_deleted.json", GatewayFrame::timeline(&tombstone(), "general", None);
    a_room_looks_as_pinned: "frame_room.json", GatewayFrame::Room(Box::new(RoomDto::from(&overview(true))));
    a_removed_room_looks_as_pinned: "frame_room_removed.json", GatewayFrame::RoomRemoved(RoomRemovedFrame { room_id: room_id() });
    a_member_looks_as_pinned: "frame_member.json", GatewayFrame::Member(member(Some("moderator")));
    a_member_who_left_looks_as_pinned: "frame_member_left.json", GatewayFrame::Member(member(None));
    a_marker_looks_as_pinned: "frame_marker.json", GatewayFrame::Marker(MarkerDto::new(room().id, &read_state()));
    a_receipt_looks_as_pinned: "frame_receipt.json", GatewayFrame::Receipt(ReceiptFrame { room_id: room_id(), set: BTreeMap::from([(bob().to_string(), 41)]) });
    a_user_looks_as_pinned: "frame_user.json", GatewayFrame::User(PublicUserDto::from(&ann()));
    typing_looks_as_pinned: "frame_typing.json", GatewayFrame::Typing(TypingFrame { room_id: room_id(), user_ids: vec![bob().to_string()] });
    presence_looks_as_pinned: "frame_presence.json", GatewayFrame::Presence(presence());
    a_ping_looks_as_pinned: "frame_ping.json", GatewayFrame::Ping(PingFrame { heads: heads() });
    a_pong_looks_as_pinned: "frame_pong.json", GatewayFrame::Pong(PongFrame { id: Some(7.into()) });
    reconnect_looks_as_pinned: "frame_reconnect.json", GatewayFrame::Reconnect(ReconnectFrame { after_ms: 1500 });
    lagged_looks_as_pinned: "frame_lagged.json", GatewayFrame::Lagged(LaggedFrame { room_id: room_id(), head_rev: 61 });

    auth_reads_as_pinned: "command_auth.json", command(None, GatewayCommandDto::Auth(AuthDto { token: "header.claims.signature".to_owned() }));
    sync_reads_as_pinned: "command_sync.json", command(Some(1), GatewayCommandDto::Sync(sync()));
    a_first_sync_reads_as_pinned: "command_sync_first.json", command(Some(1), GatewayCommandDto::Sync(SyncDto::default()));
    send_reads_as_pinned: "command_send.json", command(Some(2), GatewayCommandDto::Send(send()));
    a_reply_reads_as_pinned: "command_send_reply.json", command(Some(3), GatewayCommandDto::Send(reply()));
    edit_reads_as_pinned: "command_edit.json", command(Some(4), GatewayCommandDto::Edit(edit()));
    delete_reads_as_pinned: "command_delete.json", command(Some(5), GatewayCommandDto::Delete(MessageRefDto { message: message_id() }));
    react_reads_as_pinned: "command_react.json", command(Some(6), GatewayCommandDto::React(react()));
    unreact_reads_as_pinned: "command_unreact.json", command(Some(7), GatewayCommandDto::Unreact(react()));
    mark_reads_as_pinned: "command_mark.json", command(Some(8), GatewayCommandDto::Mark(MarkReadDto { room: "general".to_owned(), seq: 41, unread: false }));
    marking_unread_reads_as_pinned: "command_mark_unread.json", command(Some(9), GatewayCommandDto::Mark(MarkReadDto { room: room_id(), seq: 40, unread: true }));
    typing_reads_as_pinned: "command_typing.json", command(None, GatewayCommandDto::Typing(TypingDto { room: "general".to_owned(), on: true }));
    focus_reads_as_pinned: "command_focus.json", command(None, GatewayCommandDto::Focus(FocusDto { room: Some("general".to_owned()), visible: Some(true) }));
    looking_at_nothing_reads_as_pinned: "command_focus_none.json", command(None, GatewayCommandDto::Focus(FocusDto { room: None, visible: Some(false) }));
    presence_reads_as_pinned: "command_presence.json", command(Some(10), GatewayCommandDto::Presence(chosen()));
    ping_reads_as_pinned: "command_ping.json", command(Some(11), GatewayCommandDto::Ping);
    pong_reads_as_pinned: "command_pong.json", command(None, GatewayCommandDto::Pong);
    the_seeds_command_reads_as_pinned: "seed_command.json", SeedCommandDto { content: "Hello".to_owned(), nonce: Some("n-1".to_owned()) };
}

#[test]
fn the_server_understands_every_pinned_command() {
    for (name, text) in files("command_") {
        let request = GatewayRequest::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let written: GatewayRequestDto = serde_json::from_str(&text).unwrap();
        assert_eq!(request.id, written.id, "{name}");
    }
    let seed = include_str!("golden/seed_command.json");
    assert_eq!(protocol::SeedCommand::parse(seed).unwrap().content, "Hello");
}

#[test]
fn there_is_a_file_for_every_type_of_frame_and_every_op() {
    assert_eq!(tags::<GatewayFrame>("type"), written::<GatewayFrame>("frame_", "type"));
    assert_eq!(tags::<GatewayCommandDto>("op"), written::<GatewayRequestDto>("command_", "op"));
}

#[test]
fn a_frame_of_a_type_to_come_is_read_as_unknown() {
    let frame: GatewayFrame = serde_json::from_str(r#"{"type":"sticker","size":3}"#).unwrap();
    assert_eq!(frame, GatewayFrame::Unknown);
}

/// Gives the tags of an enum's variants, by its schema.
fn tags<T: PartialSchema>(tag: &str) -> BTreeSet<String> {
    let schema = serde_json::to_string(&T::schema()).unwrap();
    let key = format!("\"{tag}\":{{\"type\":\"string\",\"enum\":[\"");
    let found = schema.split(&key).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    // What stands for types of later versions is never sent.
    found.filter(|tag| tag != "unknown").collect()
}

fn written<T: Serialize + DeserializeOwned>(prefix: &str, tag: &str) -> BTreeSet<String> {
    let tag_of = |(_, text): (String, String)| {
        let value = serde_json::to_value(serde_json::from_str::<T>(&text).unwrap()).unwrap();
        value[tag].as_str().unwrap().to_owned()
    };
    files(prefix).into_iter().map(tag_of).collect()
}

fn files(prefix: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    let ours = named.filter(|(name, _)| name.starts_with(prefix));
    ours.map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect()
}

fn command(id: Option<u64>, command: GatewayCommandDto) -> GatewayRequestDto {
    GatewayRequestDto { id: id.map(Into::into), command }
}

fn room_id() -> String {
    room().id.to_string()
}

fn message_id() -> String {
    message().id.to_string()
}

fn heads() -> BTreeMap<String, u64> {
    BTreeMap::from([(room_id(), 61)])
}

fn hello() -> HelloFrame {
    HelloFrame {
        epoch: "5f2c".to_owned(),
        session: session().id.to_string(),
        user: UserDto::own(&ann()),
        heartbeat_ms: 25_000,
        limits: limits(),
        features: vec!["reactions".to_owned(), "threads".to_owned()],
        server_time: format_time(TIME),
    }
}

fn limits() -> LimitsDto {
    LimitsDto {
        message_characters: 4000,
        message_bytes: 16_384,
        frame_bytes: 65_536,
        body_bytes: 65_536,
        json_depth: 16,
        username_min_characters: 2,
        username_characters: 32,
        password_min_bytes: 8,
        password_bytes: 1024,
        room_name_characters: 64,
        topic_characters: 250,
        sends_per_second: 5,
        sends_burst: 15,
        commands_per_second: 20,
        commands_burst: 40,
        logins_per_account: 10,
        logins_per_address: 30,
        connections_per_user: 20,
    }
}

fn sent() -> OkFrame {
    let message = Some(Box::new(MessageDto::in_frame(&message(), "general", Some(ann().id))));
    OkFrame { id: Some(2.into()), message, duplicate: Some(false), marker: None }
}

fn marked() -> OkFrame {
    OkFrame { id: Some(8.into()), marker: Some(MarkerDto::new(room().id, &read_state())), ..OkFrame::default() }
}

fn rate_limited() -> ErrorFrame {
    let (code, message) = (ErrorCode::RateLimited.as_str().to_owned(), "too many commands; wait a moment".to_owned());
    ErrorFrame { id: Some(2.into()), code, message, retry_after_ms: Some(200), current: None }
}

fn version_mismatch() -> ErrorFrame {
    let current = Some(Box::new(MessageDto::in_frame(&full_message(), "general", None)));
    let message = "the message was changed meanwhile; edit its present text".to_owned();
    ErrorFrame {
        id: Some("e-4".into()),
        code: ErrorCode::VersionMismatch.as_str().to_owned(),
        message,
        retry_after_ms: None,
        current,
    }
}

fn state() -> StateFrame {
    StateFrame { rooms: vec![RoomDto::from(&overview(true))], users: vec![PublicUserDto::from(&ann())] }
}

fn changes() -> ChangesFrame {
    let messages = [tombstone(), full_message()];
    let items = messages.iter().map(|message| MessageDto::in_frame(message, "general", None)).collect();
    ChangesFrame { room_id: room_id(), from: 57, to: 61, items }
}

fn reset() -> ResetFrame {
    let items = vec![MessageDto::in_frame(&full_message(), "general", None)];
    ResetFrame { room_id: room_id(), items, head_seq: 42, head_rev: 61 }
}

fn member(role: Option<&str>) -> MemberFrame {
    let (user_id, username) = (bob().to_string(), "bob".to_owned());
    MemberFrame { room_id: room_id(), user_id, username, role: role.map(str::to_owned) }
}

fn presence() -> PresenceFrame {
    let text = StatusText::parse("Out for tea").unwrap();
    let there = PresenceDto::new(Status::DoNotDisturb, Some(&text), None);
    let away = PresenceDto::new(Status::Offline, None, Some(TIME));
    PresenceFrame { set: BTreeMap::from([(ann().id.to_string(), there), (bob().to_string(), away)]) }
}

fn sync() -> SyncDto {
    SyncDto { epoch: Some("5f2c".to_owned()), rooms: heads(), focus: Some("general".to_owned()) }
}

fn send() -> SendDto {
    SendDto {
        room: "general".to_owned(),
        nonce: "4f1c2b7e9a3d4c5e8f60".to_owned(),
        content: "Hello, <b>Bob</b> 👋".to_owned(),
        reply_to: None,
        thread: None,
    }
}

fn reply() -> SendDto {
    SendDto { reply_to: Some(message_id()), thread: Some(message_id()), room: room_id(), ..send() }
}

fn edit() -> EditDto {
    let edit = EditMessageDto { content: "@bob @here: see above".to_owned(), version: 1 };
    EditDto { message: message_id(), edit }
}

fn react() -> ReactDto {
    ReactDto { message: message_id(), emoji: "👍".to_owned() }
}

fn chosen() -> ChosenPresenceDto {
    ChosenPresenceDto { status: "dnd".to_owned(), text: Some("Out for tea".to_owned()), until: Some(format_time(TIME)) }
}
