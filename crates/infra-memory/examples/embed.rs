//! Another service with a chat of its own inside: `cargo run -p infra-memory --example embed`.
#![expect(clippy::print_stdout, reason = "showing the outcome is the purpose of an example")]

use std::error::Error;
use std::sync::Arc;

use domain::model::{Actor, Delivery, Device, Event, MessageBody, PageAnchor, PageSize, Password, RoomKind, RoomRef};
use domain::model::{RoomName, Topic, Username};
use domain::usecase::{CreateRoom, LogIn, PostMessage, Register};
use domain::usecase::{create_room, log_in, page_messages, post_message, register};
use domain::{Ports, SessionPolicy};
use infra_auth::{Argon2Options, Argon2PasswordHasher, JwtAccessTokens, ObjectIdGenerator, OsSecretGenerator};
use infra_auth::{SigningKey, SystemClock};
use infra_memory::{LocalBroadcaster, MemoryStore};
use tokio_stream::StreamExt;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let store = MemoryStore::new();
    let ports = Ports {
        users: store.users(),
        sessions: store.sessions(),
        rooms: store.rooms(),
        memberships: store.memberships(),
        messages: store.messages(),
        read_states: store.read_states(),
        threads: store.threads(),
        presences: store.presences(),
        tickets: store.tickets(),
        dataset: store.dataset(),
        broadcaster: Arc::new(LocalBroadcaster::new()),
        passwords: Arc::new(Argon2PasswordHasher::start(Argon2Options::default())?),
        access_tokens: Arc::new(JwtAccessTokens::new(&SigningKey::generate())),
        secrets: Arc::new(OsSecretGenerator),
        clock: Arc::new(SystemClock),
        ids: Arc::new(ObjectIdGenerator::new(Arc::new(SystemClock))),
        session_policy: SessionPolicy::default(),
    };
    let mut events = ports.broadcaster.subscribe();
    let (username, password) = (Username::parse("alice")?, Password::parse("alicepass123")?);
    register(&ports, Register { username, password: password.clone(), email: None, is_admin: false }).await?;
    let session = log_in(&ports, LogIn { username: "alice".into(), password, device: Device::default() }).await?;
    let alice = Actor::from(&session.live);
    let name = RoomName::parse("general")?;
    let room = RoomRef::Name(name.clone());
    create_room(&ports, &alice, CreateRoom { name, kind: RoomKind::Public, topic: Topic::default() }).await?;
    let body = MessageBody::parse("Hello from inside another program")?;
    let post = PostMessage { room: room.clone(), body, nonce: None, reply_to: None, thread: None };
    post_message(&ports, &alice, post).await?;
    let (_, page) = page_messages(&ports, &alice, &room, PageAnchor::Latest, PageSize::clamped(None, 50, 100)).await?;
    println!("The history of {room} has {} message.", page.items.len());
    if let Some(Delivery::Event(Event::Timeline(message))) = events.next().await {
        let text = message.body().map(MessageBody::as_str).unwrap_or_default();
        println!("Live, number {}: {} says «{text}».", message.seq, message.author.username.as_str());
    }
    Ok(())
}
