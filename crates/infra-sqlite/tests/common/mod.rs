//! A store with somebody and a room in it.
#![allow(dead_code, reason = "not every test file needs everything")]
#![allow(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::path::{Path, PathBuf};

use domain::model::{
    Availability, ChosenPresence, Marker, Mentions, Message, MessageChange, MessageId, NewMessage, PageAnchor, Pin,
    Room, StatusText, TokenDigest, User,
};
use domain::port::Changed;
use infra_sqlite::{SqliteOptions, SqliteStore};
use testkit::{
    BASE_TIME, a_membership, a_message, a_nonce, a_reply, a_room, a_session, a_thread_reply, a_user, an_edit, emoji,
    mentions_of, page_size,
};

/// An open store in which ann owns the room general.
pub(crate) struct Furnished {
    pub(crate) store: SqliteStore,
    pub(crate) ann: User,
    pub(crate) room: Room,
}

pub(crate) fn open(data_dir: &Path) -> SqliteStore {
    SqliteStore::open(data_dir, &SqliteOptions::default()).unwrap()
}

pub(crate) fn database(data_dir: &Path) -> PathBuf {
    data_dir.join("chinwag.db")
}

pub(crate) async fn furnish(data_dir: &Path) -> Furnished {
    let store = open(data_dir);
    let ann = a_user("ann");
    let room = a_room("general", ann.user.id);
    store.users().insert(ann.clone()).await.unwrap();
    store.rooms().insert(room.clone()).await.unwrap();
    Furnished { store, ann: ann.user, room: room.room }
}

impl Furnished {
    pub(crate) async fn post(&self, text: &str) -> Message {
        self.store.messages().append(a_message(self.room.id, &self.ann, text)).await.unwrap().message
    }

    /// Makes a change that takes a number.
    pub(crate) async fn change(&self, id: MessageId, change: MessageChange) -> Message {
        match self.store.messages().change(id, change).await.unwrap() {
            Changed::Done(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// Deletes a message in ann's name.
    pub(crate) async fn delete(&self, message: &Message) -> Message {
        self.change(message.id, MessageChange::Delete { by: self.ann.id, at: BASE_TIME }).await
    }

    pub(crate) async fn latest(&self) -> Vec<Message> {
        latest(&self.store, &self.room).await
    }
}

pub(crate) async fn latest(store: &SqliteStore, room: &Room) -> Vec<Message> {
    store.messages().page(room.id, PageAnchor::Latest, page_size(1000)).await.unwrap().items
}

/// Five messages, one of them a tombstone, with a nonce, versions, mentions, reactions, a pin, an answer and a thread;
/// bob beside ann, who reads, follows and is away; and a session.
pub(crate) async fn lived_in(data_dir: &Path) -> Furnished {
    let furnished = furnish(data_dir).await;
    let (store, ann, room_id) = (&furnished.store, &furnished.ann, furnished.room.id);
    let bob = a_user("bob");
    store.users().insert(bob.clone()).await.unwrap();
    store.memberships().join(a_membership(room_id, bob.user.id)).await.unwrap();
    let first = furnished.post("a text that will stay as it is").await;
    let doomed = furnished.post("a text that will go").await;
    furnished.delete(&doomed).await;
    let append = async |new| store.messages().append(new).await.unwrap().message;
    let once = append(NewMessage { nonce: Some(a_nonce("n-1")), ..a_message(room_id, ann, "once") }).await;
    let answer =
        append(NewMessage { mentions: mentions_of([ann, &bob.user]), ..a_reply(&first, ann, "as I said, @bob") }).await;
    let everybody = Mentions { room: true, ..Mentions::default() };
    append(NewMessage { mentions: everybody, ..a_thread_reply(&first, &bob.user, "@room, look here") }).await;

    furnished.change(once.id, an_edit(&once, "twice")).await;
    let edited = furnished.change(answer.id, MessageChange::Pin(Pin { at: BASE_TIME, by: bob.user.id })).await;
    for by in [ann.id, bob.user.id] {
        furnished.change(first.id, MessageChange::React { by, emoji: emoji("👍") }).await;
    }
    let marker = Marker { room_id, user_id: bob.user.id, seq: edited.seq, back: false };
    store.read_states().mark(marker).await.unwrap();
    store.threads().follow(first.id, ann.id, true).await.unwrap();
    let text = Some(StatusText::parse("at the sea").unwrap());
    let chosen = ChosenPresence { availability: Availability::Idle, text, until: Some(BASE_TIME) };
    store.presences().choose(bob.user.id, chosen).await.unwrap();
    store.presences().note_seen(&[(bob.user.id, BASE_TIME)]).await.unwrap();
    store.sessions().insert(a_session(ann.id, TokenDigest::from_bytes([7; 32]))).await.unwrap();
    furnished
}
