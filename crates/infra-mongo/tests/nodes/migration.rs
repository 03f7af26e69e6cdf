//! The schema is made once, whoever comes first, and a newer one is left alone.

use bson::{Document, doc};
use domain::model::{ChangeKind, Id};
use futures_util::future::join_all;
use infra_mongo::MigrationError;

use crate::support::FreshDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_apply_each_step_once() {
    let database = FreshDatabase::unmigrated().await;
    let mut nodes = vec![database.store.clone()];
    for _ in 0..3 {
        nodes.push(database.another_node().await);
    }
    assert!(nodes[0].migration_status().await.unwrap().iter().all(|step| !step.applied));
    let applied = join_all(nodes.iter().map(infra_mongo::MongoStore::migrate)).await;
    let steps = nodes[0].migration_status().await.unwrap();
    assert!(steps.iter().all(|step| step.applied));
    assert_eq!(applied.into_iter().map(Result::unwrap).sum::<usize>(), steps.len());
    assert_eq!(nodes[1].migrate().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_died_over_the_steps_is_replaced() {
    let database = FreshDatabase::unmigrated().await;
    let meta = database.raw().await.collection::<Document>("meta");
    let died = doc! {
        "_id": "migration_lease",
        "holder": bson::oid::ObjectId::new(),
        "until": bson::DateTime::from_millis(0),
    };
    meta.insert_one(died).await.unwrap();
    assert!(database.store.migrate().await.unwrap() > 0);
    assert_eq!(meta.find_one(doc! { "_id": "migration_lease" }).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused() {
    let database = FreshDatabase::new().await;
    let known = database.store.migration_status().await.unwrap().last().unwrap().number;
    let newer = doc! { "_id": known + 1, "title": "from the future" };
    database.raw().await.collection::<Document>("migrations").insert_one(newer).await.unwrap();
    for refused in [database.store.migrate().await.err(), database.store.migration_status().await.err()] {
        let refused = refused.unwrap();
        assert!(matches!(refused, MigrationError::Newer { found, .. } if found == known + 1), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_of_a_timeline_has_an_index() {
    let database = FreshDatabase::new().await;
    let raw = database.raw().await;
    let room_id = bson::oid::ObjectId::new();
    let indexed = [
        (doc! { "room_id": room_id, "seq": { "$lt": 9_i64 } }, doc! { "seq": -1 }, None),
        (doc! { "room_id": room_id, "rev": { "$gt": 9_i64 } }, doc! { "rev": 1 }, None),
        (doc! { "room_id": room_id, "author_id": room_id, "nonce": { "$in": ["a", "b"] } }, doc! {}, None),
        (doc! { "room_id": room_id, "pin": { "$exists": true } }, doc! { "seq": -1 }, Some("pinned")),
        (doc! { "thread": room_id, "seq": { "$gt": 9_i64 } }, doc! { "seq": 1 }, Some("thread")),
    ];
    for (filter, sort, hint) in indexed {
        let mut find = doc! { "find": "messages", "filter": filter, "sort": sort };
        find.extend(hint.map(|hint| ("hint".to_owned(), hint.into())));
        let plan = raw.run_command(doc! { "explain": find, "verbosity": "queryPlanner" }).await.unwrap();
        let plan = plan.get_document("queryPlanner").unwrap().get("winningPlan").unwrap().to_string();
        assert!(plan.contains("IXSCAN") && !plan.contains("COLLSCAN") && !plan.contains("\"SORT\""), "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_first_schema_left_is_taken_over() {
    let database = FreshDatabase::unmigrated().await;
    let raw = database.raw().await;
    let node = database.another_node().await;
    node.migrate().await.unwrap();
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let room = stores.add_room("general", &ann).await;
    stores.add_member(room.id, &bob).await;
    let messages = stores.post_many(room.id, &ann, 3).await;
    // As a node of the first version left it.
    raw.collection::<Document>("migrations").delete_one(doc! { "_id": 2 }).await.unwrap();
    let (room_id, bob_id) = (object_id(room.id.id()), object_id(bob.id.id()));
    let old_member = doc! { "room_id": room_id, "user_id": bob_id };
    let memberships = raw.collection::<Document>("memberships");
    memberships.update_one(old_member, doc! { "$unset": { "read_seq": "" } }).await.unwrap();
    let tombstone = doc! {
        "$set": { "rev": 4_i64, "deleted_at": bson::DateTime::from_millis(0), "deleted_by": bob_id },
        "$unset": { "content": "" },
    };
    let first = doc! { "_id": object_id(messages[0].id.id()) };
    raw.collection::<Document>("messages").update_one(first, tombstone).await.unwrap();

    assert_eq!(node.migrate().await.unwrap(), 1);
    let state = stores.read_states.read_state(room.id, bob.id).await.unwrap().unwrap();
    assert_eq!((state.read_seq, state.unread), (messages[2].seq, 0), "what was there is read");
    let tombstone = stores.find(messages[0].id).await;
    assert_eq!((tombstone.is_deleted(), tombstone.change), (true, ChangeKind::Delete));
    let edited = stores.edit(&messages[1], "again").await;
    assert_eq!((edited.posted_rev, edited.rev.get()), (messages[1].rev, 5));
}

fn object_id(id: Id) -> bson::oid::ObjectId {
    bson::oid::ObjectId::from_bytes(id.to_bytes())
}
