//! The memory store and the local broadcaster keep every promise of their ports.

use std::future::ready;
use std::sync::Arc;

use infra_memory::{LocalBroadcaster, MemoryStore};
use testkit::{Broadcasters, Stores};

fn fresh_store() -> Stores {
    let store = MemoryStore::new();
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
        guard: Box::new(()),
    }
}

fn fresh_broadcaster() -> Broadcasters {
    let broadcaster = Arc::new(LocalBroadcaster::new());
    Broadcasters { publisher: broadcaster.clone(), subscriber: broadcaster, guard: Box::new(()) }
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
testkit::broadcaster_contract!(ready(fresh_broadcaster()));
