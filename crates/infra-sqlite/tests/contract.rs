//! The SQLite store keeps every promise of its ports.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::future::ready;

use infra_sqlite::{SqliteOptions, SqliteStore};
use testkit::Stores;

fn fresh_store() -> Stores {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap();
    Stores {
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
        guard: Box::new((store, dir)),
    }
}

testkit::user_repository_contract!(ready(fresh_store()));
testkit::session_repository_contract!(ready(fresh_store()));
testkit::room_repository_contract!(ready(fresh_store()));
testkit::membership_repository_contract!(ready(fresh_store()));
testkit::message_repository_contract!(ready(fresh_store()));
testkit::read_state_repository_contract!(ready(fresh_store()));
testkit::thread_repository_contract!(ready(fresh_store()));
testkit::presence_repository_contract!(ready(fresh_store()));
testkit::ticket_repository_contract!(ready(fresh_store()));
testkit::dataset_repository_contract!(ready(fresh_store()));
