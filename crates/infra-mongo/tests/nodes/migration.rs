//! The schema is made once, whoever comes first, and a newer one is left alone.

use bson::{Document, doc};
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
    let filters = [
        (doc! { "room_id": room_id, "seq": { "$lt": 9_i64 } }, doc! { "seq": -1 }),
        (doc! { "room_id": room_id, "rev": { "$gt": 9_i64 } }, doc! { "rev": 1 }),
        (doc! { "room_id": room_id, "author_id": room_id, "nonce": { "$in": ["a", "b"] } }, doc! {}),
    ];
    for (filter, sort) in filters {
        let find = doc! { "find": "messages", "filter": filter, "sort": sort };
        let plan = raw.run_command(doc! { "explain": find, "verbosity": "queryPlanner" }).await.unwrap();
        let plan = plan.get_document("queryPlanner").unwrap().get("winningPlan").unwrap().to_string();
        assert!(plan.contains("IXSCAN") && !plan.contains("COLLSCAN") && !plan.contains("\"SORT\""), "{plan}");
    }
}
