//! Events reach the other node.

use std::sync::Arc;

use bson::doc;
use domain::model::{
    Delivery, Event, Message, MessageState, NodeId, PresenceReport, RoomId, SessionId, TypingNotice, UserId,
};
use domain::port::{Broadcaster, EventStream};
use futures_util::StreamExt;
use testkit::{BASE_TIME, a_message, a_reply, fresh_id};
use tokio::time::timeout;

use super::PATIENCE;
use crate::support::{FreshDatabase, Proxy};

async fn next(stream: &mut EventStream) -> Delivery {
    timeout(PATIENCE, stream.next()).await.expect("something arrives in time").expect("the broadcaster lives")
}

async fn next_message(stream: &mut EventStream) -> Arc<Message> {
    loop {
        match next(stream).await {
            Delivery::Event(Event::Timeline(message)) => return message,
            Delivery::Event(_) => {}
            Delivery::Lagged => panic!("nothing was lost"),
        }
    }
}

fn a_revocation() -> Event {
    Event::SessionRevoked { session_id: SessionId::new(fresh_id()), user_id: UserId::new(fresh_id()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_stores_the_other_hears_in_order_even_if_it_was_never_published() {
    let database = FreshDatabase::new().await;
    let there = database.another_node().await.broadcaster().await.unwrap();
    let stores = database.into_stores();
    let mut events = there.subscribe();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let mut expected = stores.post_many(room.id, &ann, 20).await;
    expected.push(stores.delete_at(&expected[3], BASE_TIME).await);
    for message in &expected {
        let heard = next_message(&mut events).await;
        // A message that was deleted before the stream came to it is heard of as it is now.
        let gone = matches!(heard.state, MessageState::Deleted { .. });
        assert!(*heard == *message || (gone && heard.id == message.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_heard_in_their_order_with_what_they_answer() {
    let database = FreshDatabase::new().await;
    let there = database.another_node().await.broadcaster().await.unwrap();
    let stores = database.into_stores();
    let mut events = there.subscribe();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let mut question = stores.post(room.id, &ann, "how are you?").await;
    let mut expected = vec![question.clone()];
    for number in 0..10 {
        expected.push(stores.post(room.id, &ann, &number.to_string()).await);
        question = stores.edit(&question, &format!("how are you, {number}?")).await;
        expected.push(question.clone());
        expected.push(stores.append(a_reply(&question, &ann, "fine")).await);
    }
    for message in &expected {
        let heard = next_message(&mut events).await;
        // What was edited again before the stream came to it is heard of as it is now.
        if heard.rev == message.rev && message.reply_to.is_none() {
            assert_eq!(*heard, *message);
        }
        assert_eq!(heard.id, message.id);
        let answered = |message: &Message| message.reply_to.as_ref().map(|answered| answered.id);
        assert_eq!(answered(&heard), answered(message));
        assert!(heard.reply_to.as_ref().is_none_or(|answered| answered.excerpt.is_some()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_worth_nothing_late_reaches_the_other_node_too() {
    let database = FreshDatabase::new().await;
    let here = database.store.broadcaster().await.unwrap();
    let there = database.another_node().await.broadcaster().await.unwrap();
    let mut elsewhere = there.subscribe();
    let typing = TypingNotice { room_id: RoomId::new(fresh_id()), user_id: UserId::new(fresh_id()), on: true };
    let report = PresenceReport { node: NodeId::new(fresh_id()), all: true, users: Vec::new() };
    for event in [Event::Typing(typing), a_revocation(), Event::Presence(Arc::new(report))] {
        here.publish(event.clone()).await;
        assert_eq!(next(&mut elsewhere).await, Delivery::Event(event));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_what_is_worth_nothing_late_crowds_out_nothing_else() {
    let database = FreshDatabase::new().await;
    let here = database.store.broadcaster().await.unwrap();
    let there = database.another_node().await.broadcaster().await.unwrap();
    let mut elsewhere = there.subscribe();
    let typing = TypingNotice { room_id: RoomId::new(fresh_id()), user_id: UserId::new(fresh_id()), on: true };
    let last = a_revocation();
    for _ in 0..20 {
        for _ in 0..1000 {
            here.publish(Event::Typing(typing)).await;
        }
        here.publish(a_revocation()).await;
    }
    here.publish(last.clone()).await;
    let mut revocations = 0;
    loop {
        match next(&mut elsewhere).await {
            Delivery::Event(event) if event == last => break,
            Delivery::Event(Event::SessionRevoked { .. }) => revocations += 1,
            Delivery::Event(_) => {}
            Delivery::Lagged => panic!("nothing that matters was lost"),
        }
    }
    assert_eq!(revocations, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_part_of_a_timeline_reaches_the_other_node_and_the_origin_once() {
    let database = FreshDatabase::new().await;
    let here = database.store.broadcaster().await.unwrap();
    let there = database.another_node().await.broadcaster().await.unwrap();
    let (mut at_origin, mut elsewhere) = (here.subscribe(), there.subscribe());
    let events = [a_revocation(), a_revocation(), a_revocation()];
    for event in &events {
        here.publish(event.clone()).await;
    }
    for event in &events {
        assert_eq!(next(&mut elsewhere).await, Delivery::Event(event.clone()));
        assert_eq!(next(&mut at_origin).await, Delivery::Event(event.clone()));
    }
    // The answer of the other node comes after anything that could come twice.
    let answer = a_revocation();
    there.publish(answer.clone()).await;
    assert_eq!(next(&mut at_origin).await, Delivery::Event(answer));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_was_cut_goes_on_where_it_was() {
    let database = FreshDatabase::new().await;
    let proxy = Proxy::to(&database.uri).await;
    let there = proxy.connect().await.broadcaster().await.unwrap();
    let stores = database.into_stores();
    let mut events = there.subscribe();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let before = stores.post(room.id, &ann, "before").await;
    assert_eq!(*next_message(&mut events).await, before);
    proxy.cut();
    let meanwhile = stores.post_many(room.id, &ann, 5).await;
    proxy.mend();
    let after = stores.post(room.id, &ann, "after").await;
    for message in meanwhile.iter().chain([&after]) {
        assert_eq!(*next_message(&mut events).await, *message);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_can_not_go_on_says_so_and_begins_anew() {
    let database = FreshDatabase::new().await;
    let there = database.another_node().await.broadcaster().await.unwrap();
    let mut events = there.subscribe();
    // Dropping the database ends every stream on it for good.
    database.store.drop_database().await.unwrap();
    assert_eq!(next(&mut events).await, Delivery::Lagged);
    database.store.migrate().await.unwrap();
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let message = stores.append(a_message(room.id, &ann, "again")).await;
    loop {
        match next(&mut events).await {
            Delivery::Event(Event::Timeline(heard)) => break assert_eq!(*heard, message),
            Delivery::Event(_) | Delivery::Lagged => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_of_an_unknown_kind_are_passed_over() {
    let database = FreshDatabase::new().await;
    let here = database.store.broadcaster().await.unwrap();
    let mut events = here.subscribe();
    let raw = database.raw().await;
    let unknown = doc! { "kind": "from the future", "node": bson::oid::ObjectId::new(), "at": bson::DateTime::now() };
    raw.collection("signals").insert_one(unknown).await.unwrap();
    let event = a_revocation();
    database.another_node().await.broadcaster().await.unwrap().publish(event.clone()).await;
    assert_eq!(next(&mut events).await, Delivery::Event(event));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_ends_with_its_broadcaster() {
    let database = FreshDatabase::new().await;
    let broadcaster = database.store.broadcaster().await.unwrap();
    let mut events = broadcaster.subscribe();
    drop(broadcaster);
    assert_eq!(timeout(PATIENCE, events.next()).await.unwrap(), None);
}
