//! What is published arrives, on every node.

use std::sync::Arc;
use std::time::Duration;

use domain::model::{
    Author, ChangeKind, Delivery, Event, MemberNotice, Mentions, Message, MessageBody, MessageContent, MessageId,
    MessageKind, MessageState, Pin, Reaction, Reactions, ReplyPreview, Role, RoomId, RoomRev, RoomSeq, SessionId,
    Timestamp, UserId, Version,
};
use domain::port::EventStream;
use futures_util::StreamExt;

use crate::broadcasters::Broadcasters;
use crate::builders::{BASE_TIME, a_nonce, body, emoji, username};
use crate::ids::fresh_id;

/// Long enough for a change stream on a busy machine; only a broken broadcaster makes a case wait so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// An event that nothing else in the case equals.
pub(super) fn an_event() -> Event {
    Event::SessionRevoked { session_id: SessionId::new(fresh_id()), user_id: UserId::new(fresh_id()) }
}

pub(super) async fn next(stream: &mut EventStream) -> Delivery {
    let next = tokio::time::timeout(PATIENCE, stream.next()).await.expect("something arrives in time");
    next.expect("a subscription doesn't end while its broadcaster lives")
}

/// Waits for an event. Others may come before it, as the port allows repeats and any order; loss it doesn't
/// allow without a cause.
pub(super) async fn expect(stream: &mut EventStream, event: &Event) {
    loop {
        match next(stream).await {
            Delivery::Event(other) if other == *event => return,
            Delivery::Event(_) => {}
            Delivery::Lagged => panic!("nothing may be lost while nobody falls behind"),
        }
    }
}

/// Publishes at one end and waits at both.
pub(super) async fn assert_arrives(ends: &Broadcasters, event: Event) {
    let mut here = ends.publisher.subscribe();
    let mut there = ends.subscriber.subscribe();
    ends.publisher.publish(event.clone()).await;
    expect(&mut here, &event).await;
    expect(&mut there, &event).await;
}

fn a_notice() -> MemberNotice {
    MemberNotice {
        room_id: RoomId::new(fresh_id()),
        user_id: UserId::new(fresh_id()),
        username: username("Éva.b_c-1"),
        at: Timestamp::from_millis(-1_001),
    }
}

fn announced(state: MessageState) -> Event {
    Event::Timeline(Arc::new(a_stored_message(state)))
}

fn a_stored_message(state: MessageState) -> Message {
    Message {
        id: MessageId::new(fresh_id()),
        room_id: RoomId::new(fresh_id()),
        seq: RoomSeq::MAX,
        rev: RoomRev::MAX,
        posted_rev: RoomRev::ZERO.next(),
        change: ChangeKind::Post,
        author: Author { id: UserId::new(fresh_id()), username: username("Ann") },
        kind: MessageKind::Text,
        state,
        created_at: Timestamp::from_millis(-1),
        nonce: Some(a_nonce("n-1")),
        reply_to: None,
        thread: None,
    }
}

pub async fn session_and_user_revocations_arrive_on_every_node(ends: &Broadcasters) {
    assert_arrives(ends, an_event()).await;
    for disabled in [true, false] {
        assert_arrives(ends, Event::UserRevoked { user_id: UserId::new(fresh_id()), disabled }).await;
    }
}

pub async fn comings_and_goings_arrive_on_every_node(ends: &Broadcasters) {
    for kind in [Event::Connected, Event::Disconnected, Event::MemberLeft] {
        assert_arrives(ends, kind(a_notice())).await;
    }
    for role in [Role::Owner, Role::Admin, Role::Moderator, Role::Member, Role::Guest] {
        assert_arrives(ends, Event::MemberJoined(a_notice(), role)).await;
    }
}

/// Whole, as of its `rev`: nobody has to read the store for it.
pub async fn a_message_arrives_whole_on_every_node(ends: &Broadcasters) {
    let body = MessageBody::parse("$a.b \u{0} 👍\n").expect("a valid text");
    assert_arrives(ends, announced(MessageState::Live(MessageContent::new(body, Mentions::default())))).await;
}

pub async fn the_longest_message_arrives_whole_on_every_node(ends: &Broadcasters) {
    let family = "👨‍👩‍👧‍👦";
    let text = format!("{}{}", family.repeat(655), "x".repeat(16 * 1024 - 655 * family.len()));
    let body = MessageBody::parse(text).expect("a valid text");
    assert_arrives(ends, announced(MessageState::Live(MessageContent::new(body, Mentions::default())))).await;
}

pub async fn a_tombstone_arrives_whole_on_every_node(ends: &Broadcasters) {
    let state = MessageState::Deleted { at: BASE_TIME, by: UserId::new(fresh_id()) };
    assert_arrives(ends, announced(state)).await;
}

/// Edited, reacted to, pinned, calling, answering, in a thread, and by the server.
pub async fn a_message_with_everything_arrives_whole_on_every_node(ends: &Broadcasters) {
    let users: Vec<UserId> = (0..50).map(|_| UserId::new(fresh_id())).collect();
    let mut content = MessageContent::new(body("edited"), Mentions { users: users.clone(), room: true, here: true });
    content.version = Version::MAX;
    content.edited_at = Some(Timestamp::from_millis(-1));
    content.pin = Some(Pin { at: BASE_TIME, by: users[0] });
    let reactions = ["❤️", "👩‍👩‍👧‍👦", "🇨🇭"].map(|kind| Reaction { emoji: emoji(kind), users: users.clone() });
    content.reactions = Reactions::from_stored(reactions.to_vec());
    let mut answered =
        a_stored_message(MessageState::Live(MessageContent::new(body("$a \u{0}\n👍"), Mentions::default())));
    answered.author.username = username("Éva.b_c-1");
    let mut message = a_stored_message(MessageState::Live(content));
    (message.change, message.kind) = (ChangeKind::Reaction, MessageKind::System);
    message.thread = Some(answered.id);
    for state in [answered.state.clone(), MessageState::Deleted { at: BASE_TIME, by: users[0] }] {
        message.reply_to = Some(ReplyPreview::of(&Message { state, ..answered.clone() }));
        assert_arrives(ends, Event::Timeline(Arc::new(message.clone()))).await;
    }
}

pub async fn events_published_on_either_node_arrive_on_both(ends: &Broadcasters) {
    let mut here = ends.publisher.subscribe();
    let mut there = ends.subscriber.subscribe();
    for node in [&ends.publisher, &ends.subscriber, &ends.publisher] {
        let event = an_event();
        node.publish(event.clone()).await;
        expect(&mut here, &event).await;
        expect(&mut there, &event).await;
    }
}
