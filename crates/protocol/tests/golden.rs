//! Wire shapes of REST and the seed's socket are pinned by files, which the web app's tests read as well. A shape that
//! changes here breaks clients that exist: the contract only grows.

#![expect(clippy::unwrap_used, reason = "what helpers of a test can't do fails the test")]

mod support;

use domain::ErrorCode;
use domain::model::{Availability, ChosenPresence, Epoch, MessageVersion, Receipt, RoomSeq, StatusText, User, Version};
use protocol::{
    ChangesDto, ChosenPresenceDto, DemoAccountDto, DetailDto, FieldFaultDto, ListDto, MarkerDto, MemberDto, MessageDto,
    MessagePageDto, OpenedSessionDto, PostedDto, ProblemDto, PublicUserDto, ReaderDto, RoomDto, SeedFrame, ServerDto,
    SessionDto, ThreadDto, TicketDto, TokenDto, UserDto, VersionDto,
};
use support::{
    TIME, ann, bob, changes, full_message, member, message, notice, opened, overview, overview_with_edit_window, page,
    pinned, posted, read_state, reply_to_a_tombstone, room, session, thread, tombstone,
};

pinned! {
    a_message_looks_as_pinned: "message.json", MessageDto::new(&message(), "general", None);
    ones_own_message_has_its_nonce: "message_own.json", MessageDto::new(&message(), "general", Some(ann().id));
    a_message_with_everything_looks_as_pinned: "message_full.json", MessageDto::new(&full_message(), "general", Some(ann().id));
    a_message_with_everything_is_the_same_for_all_in_a_frame: "message_full_in_frame.json", MessageDto::in_frame(&full_message(), "general", Some(ann().id));
    a_reply_to_a_tombstone_has_no_excerpt: "message_reply_to_tombstone.json", MessageDto::new(&reply_to_a_tombstone(), "general", None);
    a_tombstone_looks_as_pinned: "tombstone.json", MessageDto::new(&tombstone(), "general", Some(ann().id));
    a_repeated_post_says_so: "posted_duplicate.json", PostedDto::new(&posted(), ann().id);
    a_page_looks_as_pinned: "message_page.json", MessagePageDto::new(&page(), "general", ann().id);
    changes_look_as_pinned: "changes.json", ChangesDto::new(&changes(), &Epoch::new("5f2c"), "general", ann().id);
    versions_look_as_pinned: "versions.json", ListDto { items: vec![VersionDto::from(&version())], next: None };
    a_thread_looks_as_pinned: "thread.json", ThreadDto::new(&thread(), ann().id);
    readers_look_as_pinned: "readers.json", ListDto { items: vec![ReaderDto::from(&receipt())], next: None };
    a_marker_looks_as_pinned: "marker.json", MarkerDto::new(room().id, &read_state());
    a_room_looks_as_pinned_to_a_member: "room.json", RoomDto::from(&overview(true));
    a_room_looks_as_pinned_to_others: "room_outside.json", RoomDto::from(&overview(false));
    a_room_with_an_edit_window_looks_as_pinned: "room_edit_window.json", RoomDto::from(&overview_with_edit_window());
    a_list_looks_as_pinned: "room_list.json", ListDto { items: vec![RoomDto::from(&overview(true))], next: Some("Mw".to_owned()) };
    a_member_looks_as_pinned: "member.json", MemberDto::from(&member());
    a_user_looks_as_pinned: "user.json", UserDto::from(&ann());
    an_administrator_looks_as_pinned: "user_admin.json", UserDto::from(&User { is_admin: true, email: None, ..ann() });
    ones_own_account_has_its_choices: "user_own.json", UserDto::own(&ann());
    an_account_looks_as_pinned_to_others: "user_public.json", PublicUserDto::from(&ann());
    a_shut_account_looks_as_pinned_to_others: "user_public_disabled.json", PublicUserDto::from(&User { disabled: true, ..ann() });
    a_chosen_presence_looks_as_pinned: "chosen_presence.json", ChosenPresenceDto::from(&chosen_presence());
    a_session_looks_as_pinned: "session.json", SessionDto::new(&session(), session().id);
    a_new_session_looks_as_pinned: "opened_session.json", OpenedSessionDto::new(&opened(), 3600);
    a_token_looks_as_pinned: "token.json", TokenDto::new(&opened(), 3600);
    a_ticket_looks_as_pinned: "ticket.json", TicketDto { ticket: "b64url_Secret-1".to_owned(), expires_in: 30 };
    a_problem_looks_as_pinned: "problem.json", problem();
    a_version_mismatch_has_the_present_message: "problem_version_mismatch.json", version_mismatch();
    a_sentence_looks_as_pinned: "detail.json", DetailDto { detail: "Message deleted".to_owned() };
    the_server_looks_as_pinned: "server.json", server();
    a_message_frame_looks_as_pinned: "seed_message.json", SeedFrame::timeline(&message(), "general", None);
    a_deletion_frame_looks_as_pinned: "seed_message_deleted.json", SeedFrame::timeline(&tombstone(), "general", None);
    a_joining_frame_looks_as_pinned: "seed_user_joined.json", SeedFrame::UserJoined(notice());
    a_leaving_frame_looks_as_pinned: "seed_user_left.json", SeedFrame::UserLeft(notice());
    an_error_frame_looks_as_pinned: "seed_error.json", SeedFrame::error(ErrorCode::TooLong, "content must be shorter");
}

fn version() -> MessageVersion {
    let body = message().body().unwrap().clone();
    MessageVersion { version: Version::FIRST, body, since: TIME }
}

fn receipt() -> Receipt {
    Receipt { user_id: bob(), read_seq: RoomSeq::new(41).unwrap() }
}

fn chosen_presence() -> ChosenPresence {
    let text = Some(StatusText::parse("Out for tea").unwrap());
    ChosenPresence { availability: Availability::DoNotDisturb, text, until: Some(TIME) }
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
        current: None,
    }
}

fn version_mismatch() -> ProblemDto {
    ProblemDto {
        kind: "/docs#version_mismatch".to_owned(),
        title: "Version mismatch".to_owned(),
        status: 409,
        detail: "the message was changed meanwhile; edit its present text".to_owned(),
        code: ErrorCode::VersionMismatch.as_str().to_owned(),
        errors: Vec::new(),
        current: Some(Box::new(MessageDto::new(&full_message(), "general", Some(ann().id)))),
        ..problem()
    }
}

fn server() -> ServerDto {
    let account = DemoAccountDto { username: "testuser".to_owned(), password: "testpass123".to_owned() };
    let (name, version) = ("Chinwag".to_owned(), "0.1.0".to_owned());
    ServerDto { name, version, demo: vec![account], needs_setup: false }
}
