//! The MongoDB store keeps every promise of its ports, also on several nodes and over an outage.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first fault")]

mod nodes;
mod support;

use std::sync::Arc;

use support::FreshDatabase;
use testkit::{Broadcasters, Stores};

async fn fresh_store() -> Stores {
    FreshDatabase::new().await.into_stores()
}

async fn fresh_broadcaster() -> Broadcasters {
    let database = FreshDatabase::new().await;
    let broadcaster = Arc::new(database.store.broadcaster().await.unwrap());
    Broadcasters { publisher: broadcaster.clone(), subscriber: broadcaster, guard: Box::new(database) }
}

testkit::user_repository_contract!(fresh_store());
testkit::session_repository_contract!(fresh_store());
testkit::room_repository_contract!(fresh_store());
testkit::membership_repository_contract!(fresh_store());
testkit::message_repository_contract!(fresh_store());
testkit::read_state_repository_contract!(fresh_store());
testkit::thread_repository_contract!(fresh_store());
testkit::presence_repository_contract!(fresh_store());
testkit::ticket_repository_contract!(fresh_store());
testkit::dataset_repository_contract!(fresh_store());
testkit::broadcaster_contract!(fresh_broadcaster());
