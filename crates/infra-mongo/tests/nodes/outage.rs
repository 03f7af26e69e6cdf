//! What happens while MongoDB can't be reached, and after.

use std::time::{Duration, Instant};

use domain::model::{MessageChange, PageAnchor, RoomRef};
use domain::port::{AppendError, RepositoryError};
use infra_mongo::{ConnectError, MongoOptions, MongoStore};
use testkit::{BASE_TIME, a_message, a_nonce, a_user, page_size};

use super::PATIENCE;
use crate::support::{FreshDatabase, Proxy, options};

/// What a call may take, with some room for a busy machine.
const SOON: Duration = Duration::from_secs(8);

fn is_outage(error: &RepositoryError) -> bool {
    matches!(error, RepositoryError::Unavailable(_) | RepositoryError::Timeout(_))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    // Bound and never accepted from, so that nobody else can have the port.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let uri = format!("mongodb://ann:hunter2@127.0.0.1:{port}/chinwag");
    let started = Instant::now();
    let error = MongoStore::connect(&uri, options()).await.unwrap_err();
    assert!(started.elapsed() < SOON);
    assert!(matches!(error, ConnectError::Unreachable { .. }));
    let said = error.to_string();
    assert!(said.contains(&format!("127.0.0.1:{port}")) && !said.contains("hunter2"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_none_is_told_from_a_server_that_is_away() {
    let error = MongoStore::connect("mongodb://", MongoOptions::default()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Address(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_is_away_every_port_says_so_soon_and_recovers_by_itself() {
    let database = FreshDatabase::new().await;
    let proxy = Proxy::to(&database.uri).await;
    let node = proxy.connect().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let first = node.messages().append(a_message(room.id, &ann, "before")).await.unwrap().message;
    proxy.cut();
    let started = Instant::now();
    let (messages, rooms, users, sessions, dataset) =
        (node.messages(), node.rooms(), node.users(), node.sessions(), node.dataset());
    let room_ref = RoomRef::Id(room.id);
    let (append, delete, page, access, insert, list, epoch, check) = tokio::join!(
        messages.append(a_message(room.id, &ann, "meanwhile")),
        messages.change(first.id, MessageChange::Delete { by: ann.id, at: BASE_TIME }),
        messages.page(room.id, PageAnchor::Latest, page_size(10)),
        rooms.access(&room_ref, ann.id),
        users.insert(a_user("bob")),
        sessions.list(ann.id),
        dataset.epoch(),
        dataset.check(),
    );
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    let Err(AppendError::Repository(append)) = append else { panic!("{append:?}") };
    let failures =
        [Some(append), delete.err(), page.err(), access.err(), insert.err(), list.err(), epoch.err(), check.err()];
    for failure in failures {
        assert!(failure.as_ref().is_some_and(is_outage), "{failure:?}");
    }
    proxy.mend();
    let recovered = async {
        loop {
            let mut message = a_message(room.id, &ann, "after");
            message.nonce = Some(a_nonce("after"));
            if let Ok(appended) = node.messages().append(message).await {
                return appended.message;
            }
        }
    };
    let after = tokio::time::timeout(PATIENCE, recovered).await.unwrap();
    let timeline = stores.timeline(room.id).await;
    assert_eq!(timeline.last(), Some(&after));
    assert!(timeline.iter().enumerate().all(|(index, message)| message.seq.get() == index as u64 + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_makes_calls_time_out() {
    let database = FreshDatabase::new().await;
    let proxy = Proxy::to(&database.uri).await;
    let node = proxy.connect().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    node.messages().append(a_message(room.id, &ann, "before")).await.unwrap();
    proxy.freeze();
    let started = Instant::now();
    let (messages, users) = (node.messages(), node.users());
    let (append, any) = tokio::join!(messages.append(a_message(room.id, &ann, "meanwhile")), users.any());
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(matches!(append, Err(AppendError::Repository(error)) if is_outage(&error)));
    assert!(is_outage(&any.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_answer_was_lost_is_confirmed_and_stored_once() {
    let database = FreshDatabase::new().await;
    let proxy = Proxy::to(&database.uri).await;
    let node = proxy.connect().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    node.messages().append(a_message(room.id, &ann, "0")).await.unwrap();
    let mut confirmed = 1;
    for number in 1..=20 {
        // The connections end at a different moment of the append each time, the one after the insertion included.
        proxy.cut_after(number * 150);
        let message = a_message(room.id, &ann, &number.to_string());
        let id = message.id;
        let answer = node.messages().append(message).await;
        proxy.mend();
        let stored = stores.messages.find(id).await.unwrap();
        match answer {
            Ok(appended) => {
                confirmed += 1;
                assert!(!appended.duplicate);
                assert_eq!(stored, Some(appended.message));
            }
            Err(AppendError::Repository(RepositoryError::Unavailable(_))) => assert_eq!(stored, None),
            Err(AppendError::Repository(RepositoryError::Timeout(_))) => confirmed += u64::from(stored.is_some()),
            Err(other) => panic!("{other:?}"),
        }
    }
    let timeline = stores.timeline(room.id).await;
    assert!(timeline.iter().enumerate().all(|(index, message)| message.seq.get() == index as u64 + 1));
    assert_eq!(timeline.len() as u64, confirmed);
}
