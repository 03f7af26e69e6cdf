//! A store with somebody and a room in it.
#![allow(dead_code, reason = "not every test file needs everything")]
#![allow(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::path::{Path, PathBuf};

use domain::model::{Message, MessageChange, MessageId, PageAnchor, Room, User};
use domain::port::Changed;
use infra_sqlite::{SqliteOptions, SqliteStore};
use testkit::{BASE_TIME, a_message, a_room, a_user, page_size};

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
