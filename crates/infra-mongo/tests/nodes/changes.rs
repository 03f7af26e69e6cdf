//! Two nodes change one timeline.

use std::collections::HashSet;

use bson::{Document, doc};
use domain::model::{Message, MessageChange, RoomRev, User, UserId, Version};
use domain::port::Changed;
use testkit::{a_message, a_reply, an_edit, emoji};
use tokio::task::JoinSet;

use crate::support::{FreshDatabase, Proxy};

const USERS: usize = 12;

fn dense(revs: impl Iterator<Item = RoomRev>, from: u64) -> bool {
    let mut revs: Vec<u64> = revs.map(RoomRev::get).collect();
    revs.sort_unstable();
    revs.iter().copied().eq((from..).take(revs.len()))
}

fn done(changed: Changed) -> Message {
    match changed {
        Changed::Done(message) => message,
        other => panic!("the change should have been made: {other:?}"),
    }
}

fn reactors(message: &Message) -> HashSet<UserId> {
    let reactions = message.reactions().unwrap().as_slice();
    let users: Vec<UserId> = reactions.iter().flat_map(|reaction| reaction.users.clone()).collect();
    let distinct: HashSet<UserId> = users.iter().copied().collect();
    assert_eq!(users.len(), distinct.len(), "nobody reacted twice");
    distinct
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_of_many_on_two_nodes_make_the_exact_set_under_dense_numbers() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let message = stores.post(room.id, &ann, "how do you like it?").await;
    let mut users: Vec<User> = Vec::new();
    for number in 0..USERS {
        users.push(stores.add_user(&format!("user-{number}")).await);
    }
    let mut changes = JoinSet::new();
    for (number, user) in users.iter().enumerate() {
        let (node, id, by) = (nodes[number % 2].messages(), message.id, user.id);
        changes.spawn(async move {
            let emoji = emoji("👍");
            let mut made = vec![done(node.change(id, MessageChange::React { by, emoji }).await.unwrap())];
            if number % 3 == 0 {
                made.push(done(node.change(id, MessageChange::Unreact { by, emoji }).await.unwrap()));
            }
            made
        });
    }
    // Appends go on meanwhile.
    let appended = stores.post_many(room.id, &ann, 10).await;
    let changed: Vec<Message> = changes.join_all().await.into_iter().flatten().collect();
    let revs = changed.iter().chain(&appended).map(|message| message.rev);
    assert!(dense(revs, 2), "each change has a number of its own, and none is left out");
    let expected = users.iter().enumerate().filter(|(number, _)| number % 3 != 0).map(|(_, user)| user.id);
    let now = stores.find(message.id).await;
    assert_eq!(reactors(&now), expected.collect());
    let newest = changed.iter().max_by_key(|message| message.rev);
    assert_eq!(newest, Some(&now), "the last change is what is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_a_later_change_replaced_is_not_used_again_by_a_node_that_knows_an_old_head() {
    let database = FreshDatabase::new().await;
    let [here, there] = [database.store.messages(), database.another_node().await.messages()];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let (by, thumb) = (ann.id, emoji("👍"));
    let first = here.append(a_message(room.id, &ann, "first")).await.unwrap().message;
    // Of the numbers 2 and 3, the message keeps only the latter.
    done(there.change(first.id, MessageChange::React { by, emoji: thumb }).await.unwrap());
    done(there.change(first.id, MessageChange::Unreact { by, emoji: thumb }).await.unwrap());
    let second = here.append(a_message(room.id, &ann, "second")).await.unwrap().message;
    assert_eq!(second.rev.get(), 4);
    done(there.change(first.id, MessageChange::React { by, emoji: thumb }).await.unwrap());
    done(there.change(first.id, MessageChange::Unreact { by, emoji: thumb }).await.unwrap());
    let changed = done(here.change(second.id, MessageChange::React { by, emoji: thumb }).await.unwrap());
    assert_eq!(changed.rev.get(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_edits_of_one_version_on_two_nodes_one_is_refused() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    for round in 0..10 {
        let message = stores.post(room.id, &ann, "first").await;
        let edits = ["here", "there"].map(|text| an_edit(&message, &format!("{text} {round}")));
        let [here, there] = [nodes[0].messages(), nodes[1].messages()];
        let [one, other] = edits;
        let (one, other) = tokio::join!(here.change(message.id, one), there.change(message.id, other));
        let answers = [one.unwrap(), other.unwrap()];
        let made = answers.iter().filter(|answer| matches!(answer, Changed::Done(_))).count();
        assert_eq!(made, 1, "{answers:?}");
        assert_eq!(stores.messages.versions(message.id).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_whose_answer_was_lost_happens_once() {
    let database = FreshDatabase::new().await;
    let proxy = Proxy::to(&database.uri).await;
    let node = proxy.connect().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let mut message = stores.post(room.id, &ann, "0").await;
    let mut edits = 0;
    for number in 1..=20 {
        let edit = an_edit(&message, &number.to_string());
        // The connections end at a different moment of the edit each time, the one after the update included.
        proxy.cut_after(number * 250);
        let answer = node.messages().change(message.id, edit).await;
        proxy.mend();
        let stored = stores.find(message.id).await;
        match answer {
            Ok(changed) => assert_eq!(done(changed), stored),
            Err(_) => assert!(stored == message || stored.body().unwrap().as_str() == number.to_string()),
        }
        edits += u64::from(stored != message);
        message = stored;
    }
    assert!(edits > 0);
    let content = message.content().unwrap();
    assert_eq!(content.version, Version::new(edits + 1).unwrap());
    assert_eq!(message.rev.get(), edits + 1, "no number was left out");
    let versions = stores.messages.versions(message.id).await.unwrap();
    assert!(versions.iter().map(|version| u64::from(version.version.get())).eq(1..=edits));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_leaves_no_text_of_any_version_in_the_store() {
    let database = FreshDatabase::new().await;
    let messages = database.raw().await.collection::<Document>("messages");
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let first = stores.post(room.id, &ann, "a secret").await;
    let second = stores.edit(&first, "another secret").await;
    stores.append(a_reply(&second, &ann, "I see")).await;
    stores.react(&second, &ann, "👍").await;
    stores.pin(&second, &ann).await;
    stores.delete(&second).await;
    let mut found = messages.find(doc! {}).await.unwrap();
    while found.advance().await.unwrap() {
        let document = found.deserialize_current().unwrap().to_string();
        assert!(!document.contains("secret"), "{document}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_pile_up_let_appends_through() {
    let database = FreshDatabase::new().await;
    let store = database.store.clone();
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let room = stores.add_room("general", &ann).await;
    let message = stores.post(room.id, &ann, "pin me").await;
    let mut changes = JoinSet::new();
    for number in 0..200 {
        let (messages, id) = (store.messages(), message.id);
        let thumb = emoji("👍");
        let by = ann.id;
        let change = if number % 2 == 0 {
            MessageChange::React { by, emoji: thumb }
        } else {
            MessageChange::Unreact { by, emoji: thumb }
        };
        changes.spawn(async move { messages.change(id, change).await.unwrap() });
    }
    stores.append(a_message(room.id, &ann, "let me through")).await;
    let mut made: Vec<Changed> = std::iter::from_fn(|| changes.try_join_next()).map(Result::unwrap).collect();
    assert!(made.len() < 200, "the append overtakes changes that wait");
    made.extend(changes.join_all().await);
    let done = made.iter().filter(|changed| matches!(changed, Changed::Done(_))).count();
    assert_eq!(stores.head(room.id).await.rev.get(), 2 + done as u64, "what was so already took no number");
}
