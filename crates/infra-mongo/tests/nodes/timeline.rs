//! Two nodes write to one timeline.

use std::sync::Arc;

use domain::model::{ChangeRefusal, Message, MessageChange, MessageId, NewMessage, RoomHead, RoomId, RoomRev, RoomSeq};
use domain::port::{AppendError, Changed, MessageRepository};
use infra_mongo::MongoStore;
use testkit::{BASE_TIME, a_message, a_nonce, fresh_id};
use tokio::task::JoinSet;

use crate::support::FreshDatabase;

const WRITERS: usize = 4;
const EACH: usize = 50;

async fn write(messages: Arc<dyn MessageRepository>, new: Vec<NewMessage>) -> Vec<Message> {
    let mut stored = Vec::new();
    for message in new {
        stored.push(messages.append(message).await.unwrap().message);
    }
    stored
}

fn assert_dense(numbers: impl Iterator<Item = u64>, last: usize) {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=last as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_append_to_one_room_leave_no_gap_and_double_nothing() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let mut writers = JoinSet::new();
    for (number, node) in nodes.iter().cycle().take(2 * WRITERS).enumerate() {
        let new = (0..EACH).map(|message| a_message(room.id, &ann, &format!("{number} {message}"))).collect();
        writers.spawn(write(node.messages(), new));
    }
    let confirmed: Vec<Vec<Message>> = writers.join_all().await;
    for one in &confirmed {
        assert!(one.is_sorted_by_key(|message| message.seq), "each writer's messages stay in their order");
    }
    let timeline = stores.timeline(room.id).await;
    let mut confirmed: Vec<Message> = confirmed.into_iter().flatten().collect();
    confirmed.sort_by_key(|message| message.seq);
    assert_eq!(timeline, confirmed, "what was confirmed is what is there");
    assert_dense(timeline.iter().map(|message| message.seq.get()), 2 * WRITERS * EACH);
    assert_dense(timeline.iter().map(|message| message.rev.get()), 2 * WRITERS * EACH);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_delete_in_one_room_use_each_rev_once() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let messages = stores.post_many(room.id, &ann, 40).await;
    let mut deletions = JoinSet::new();
    for message in &messages {
        for node in &nodes {
            let (node, id, delete) = (node.messages(), message.id, MessageChange::Delete { by: ann.id, at: BASE_TIME });
            deletions.spawn(async move { node.change(id, delete).await.unwrap() });
        }
    }
    let outcomes = deletions.join_all().await;
    let revs = outcomes.iter().filter_map(|outcome| match outcome {
        Changed::Done(tombstone) => Some(tombstone.rev.get() - 40),
        Changed::Refused(ChangeRefusal::Deleted, _) => None,
        other => panic!("{other:?}"),
    });
    assert_dense(revs, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_nonce_on_two_nodes_appends_one_message() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    for round in 0..10 {
        let mut senders = JoinSet::new();
        for node in nodes.iter().cycle().take(6) {
            let mut message = a_message(room.id, &ann, "once");
            message.nonce = Some(a_nonce(&format!("n-{round}")));
            let node = node.messages();
            senders.spawn(async move { node.append(message).await.unwrap() });
        }
        let answers = senders.join_all().await;
        assert_eq!(answers.iter().filter(|answer| !answer.duplicate).count(), 1);
        assert!(answers.iter().all(|answer| answer.message == answers[0].message));
    }
    assert_dense(stores.timeline(room.id).await.iter().map(|message| message.seq.get()), 10);
}

/// Appends all at once, so that they make one batch behind the first.
async fn append_together(store: &MongoStore, new: Vec<NewMessage>) -> Vec<Result<(Message, bool), AppendError>> {
    let messages = store.messages();
    let all = new.into_iter().map(|message| messages.append(message));
    let all = futures_util::future::join_all(all).await;
    all.into_iter().map(|answer| answer.map(|appended| (appended.message, appended.duplicate))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeats_in_the_middle_of_a_batch_leave_no_gap_in_the_rest() {
    let database = FreshDatabase::new().await;
    let store = database.store.clone();
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let with_nonce = |nonce: &str, text: &str| {
        let mut message = a_message(room.id, &ann, text);
        message.nonce = Some(a_nonce(nonce));
        message
    };
    let mut earlier = Vec::new();
    for nonce in ["a", "b", "c"] {
        earlier.push(stores.append(with_nonce(nonce, "earlier")).await);
    }
    let batch = vec![
        a_message(room.id, &ann, "new 0"),
        with_nonce("a", "earlier"),
        with_nonce("d", "new 1"),
        with_nonce("b", "another text"),
        with_nonce("c", "earlier"),
        with_nonce("d", "new 1"),
        a_message(room.id, &ann, "new 2"),
        with_nonce("a", "earlier"),
        with_nonce("e", "new 3"),
    ];
    let answers = append_together(&store, batch).await;
    let stored = |index: usize| answers[index].as_ref().unwrap();
    assert_eq!(stored(1), &(earlier[0].clone(), true));
    assert!(matches!(answers[3], Err(AppendError::NonceReused)));
    assert_eq!(stored(4), &(earlier[2].clone(), true));
    assert_eq!(stored(5), &(stored(2).0.clone(), true));
    assert_eq!(stored(7), &(earlier[0].clone(), true));
    let new: Vec<u64> = [0, 2, 6, 8].iter().map(|index| stored(*index).0.seq.get()).collect();
    assert_eq!(new, [4, 5, 6, 7], "the new ones are numbered on in their order");
    assert!([0, 2, 6, 8].iter().all(|index| !stored(*index).1));
    assert_dense(stores.timeline(room.id).await.iter().map(|message| message.rev.get()), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_below_the_floor_of_a_purged_room_are_not_used_again() {
    let database = FreshDatabase::new().await;
    let raw = database.raw().await;
    let another = database.another_node().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    stores.post_many(room.id, &ann, 3).await;
    let id = bson::oid::ObjectId::from_bytes(room.id.id().to_bytes());
    let floor = bson::doc! { "$set": { "seq_floor": 3_i64, "rev_floor": 5_i64 } };
    raw.collection::<bson::Document>("rooms").update_one(bson::doc! { "_id": id }, floor).await.unwrap();
    raw.collection::<bson::Document>("messages").delete_many(bson::doc! {}).await.unwrap();
    let head = RoomHead { seq: RoomSeq::new(3).unwrap(), rev: RoomRev::new(5).unwrap() };
    assert_eq!(stores.head(room.id).await, head);
    let next = another.messages().append(a_message(room.id, &ann, "after the purge")).await.unwrap().message;
    assert_eq!((next.seq.get(), next.rev.get()), (4, 6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_removed_on_one_node_is_refused_on_the_other() {
    let database = FreshDatabase::new().await;
    let another = database.another_node().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let room = stores.add_room("general", &ann).await;
    stores.add_member(room.id, &bob).await;
    another.messages().append(a_message(room.id, &bob, "I'm in")).await.unwrap();
    assert!(stores.memberships.leave(room.id, bob.id).await.unwrap());
    let refused = another.messages().append(a_message(room.id, &bob, "am I?")).await;
    assert!(matches!(refused, Err(AppendError::NotAMember)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_leaves_the_room_in_order() {
    let database = FreshDatabase::new().await;
    let store = database.store.clone();
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    for _ in 0..20 {
        // Polled once, so that it is enqueued, and then dropped.
        let given_up = store.messages();
        let mut append = given_up.append(a_message(room.id, &ann, "never mind"));
        assert!(futures_util::poll!(&mut append).is_pending());
        drop(append);
        stores.post(room.id, &ann, "I mind").await;
    }
    let timeline = stores.timeline(room.id).await;
    assert_dense(timeline.iter().map(|message| message.seq.get()), timeline.len());
    assert!(timeline.iter().filter(|message| message.body().unwrap().as_str() == "I mind").count() == 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_a_missing_room_is_not_deleted() {
    let database = FreshDatabase::new().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
    let nothing = stores.messages.change(MessageId::new(fresh_id()), delete).await.unwrap();
    assert_eq!(nothing, Changed::Absent);
    assert_eq!(stores.head(RoomId::new(fresh_id())).await, RoomHead::default());
}
