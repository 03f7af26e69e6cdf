//! Brings the database to the shape this version knows, once, whichever node comes first.

use std::time::Duration;

use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use futures_util::TryStreamExt;
use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::collections::Collections;
use crate::dataset_repository::name_dataset;
use crate::error::violated_index;
use crate::lease;

/// Every step there is, in order. A step that was released is never changed.
const STEPS: [(i32, &str); 2] = [
    (1, include_str!("../../../migrations/mongo/0001_first_collections.json")),
    (2, include_str!("../../../migrations/mongo/0002_conversations.json")),
];

const LEASE_NAME: &str = "migration_lease";
/// How long a node may work on the steps before another one takes over.
const LEASE: Duration = Duration::from_secs(60);
/// How long to wait for another node that works on them.
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(100);

/// One step of the schema and whether this database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its number, from 1.
    pub number: i32,
    /// What it does.
    pub title: String,
    /// Whether it was applied.
    pub applied: bool,
}

/// Why the database couldn't be brought to shape.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer version has changed the database.
    #[error("the database has schema {found}, this version knows up to {known}: run a newer version")]
    Newer {
        /// The schema found.
        found: i32,
        /// The newest one known.
        known: i32,
    },
    /// Another node has been working on it for too long.
    #[error("another node has been migrating for more than {} seconds; look at its log", PATIENCE.as_secs())]
    Busy,
    /// A step can't be read; the program is broken.
    #[error("migration {0} can't be read")]
    Broken(i32),
    /// The server refused or can't be reached.
    #[error(transparent)]
    Driver(#[from] mongodb::error::Error),
}

/// Lists the steps and which were applied.
pub(crate) async fn status(collections: &Collections) -> Result<Vec<MigrationStatus>, MigrationError> {
    let applied = applied(collections).await?;
    let known = STEPS[STEPS.len() - 1].0;
    if let Some(found) = applied.iter().copied().find(|number| *number > known) {
        return Err(MigrationError::Newer { found, known });
    }
    let describe = |(number, text): &(i32, &str)| {
        let title = parse(*number, text)?.get_str("title").unwrap_or_default().to_owned();
        Ok(MigrationStatus { number: *number, title, applied: applied.contains(number) })
    };
    STEPS.iter().map(describe).collect()
}

/// Applies the steps that are missing, under a lease; answers how many it applied.
pub(crate) async fn migrate(collections: &Collections) -> Result<usize, MigrationError> {
    let holder = ObjectId::new();
    let started = Instant::now();
    loop {
        if status(collections).await?.iter().all(|step| step.applied) {
            return Ok(0);
        }
        if lease::take(collections, LEASE_NAME, holder, LEASE).await? {
            break;
        }
        if started.elapsed() > PATIENCE {
            return Err(MigrationError::Busy);
        }
        sleep(POLL).await;
    }
    let result = apply_missing(collections).await;
    lease::give_back(collections, LEASE_NAME, holder).await?;
    result
}

async fn apply_missing(collections: &Collections) -> Result<usize, MigrationError> {
    let mut count = 0;
    // Read again: another node may have finished while this one waited for the lease.
    for step in status(collections).await?.into_iter().filter(|step| !step.applied) {
        let text = STEPS.iter().find(|(number, _)| *number == step.number).map_or("", |(_, text)| *text);
        // What was done already is done again without effect, so a step that was cut short is simply repeated.
        let broken = || MigrationError::Broken(step.number);
        for command in commands(&parse(step.number, text)?).ok_or_else(broken)? {
            collections.database.run_command(command).await?;
        }
        name_dataset(collections).await?;
        let record = doc! { "_id": step.number, "title": &step.title, "applied_at": DateTime::now() };
        let migrations = collections.database.collection::<Document>("migrations");
        match migrations.insert_one(record).await {
            Err(error) if violated_index(&error).is_none() => return Err(error.into()),
            _ => count += 1,
        }
    }
    Ok(count)
}

/// Gives what a step asks the server to do: to make indexes, and to change documents by pipelines that end in `$merge`;
/// nothing if it can't be read.
fn commands(step: &Document) -> Option<Vec<Document>> {
    let mut commands = Vec::new();
    for entry in step.get_array("indexes").ok()? {
        let entry = entry.as_document()?;
        commands.push(doc! { "createIndexes": entry.get("collection")?, "indexes": entry.get("indexes")? });
    }
    for entry in step.get_array("pipelines").map_or(&[][..], Vec::as_slice) {
        let entry = entry.as_document()?;
        let (collection, stages) = (entry.get("collection")?, entry.get("stages")?);
        commands.push(doc! { "aggregate": collection, "pipeline": stages, "cursor": {} });
    }
    for command in &mut commands {
        command.insert("writeConcern", doc! { "w": "majority", "j": true });
    }
    Some(commands)
}

async fn applied(collections: &Collections) -> Result<Vec<i32>, MigrationError> {
    let found = collections.database.collection::<Document>("migrations").find(doc! {}).await?;
    let documents: Vec<Document> = found.try_collect().await?;
    Ok(documents.iter().filter_map(|document| document.get_i32("_id").ok()).collect())
}

fn parse(number: i32, text: &str) -> Result<Document, MigrationError> {
    serde_json::from_str(text).map_err(|_| MigrationError::Broken(number))
}
