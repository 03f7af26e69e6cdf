//! Rights that one node holds for a while, so that it can die with them.

use std::time::Duration;

use bson::doc;
use bson::oid::ObjectId;
use mongodb::error::Error;
use mongodb::options::ReturnDocument;

use crate::collections::Collections;
use crate::error::violated_index;

/// Takes the right of that name unless somebody holds it; answers whether it was free. The server's clock decides
/// when it ends, as nodes' clocks differ. Atomic.
pub(crate) async fn take(
    collections: &Collections,
    name: &str,
    holder: ObjectId,
    lasts: Duration,
) -> Result<bool, Error> {
    let free = doc! { "$not": [{ "$gt": ["$until", "$$NOW"] }] };
    let until = doc! { "$add": ["$$NOW", i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX)] };
    let change = vec![doc! { "$set": {
        "holder": { "$cond": [free.clone(), holder, "$holder"] },
        "until": { "$cond": [free, until, "$until"] },
    } }];
    let update = collections.meta.find_one_and_update(doc! { "_id": name }, change).upsert(true);
    match update.return_document(ReturnDocument::After).await {
        Ok(lease) => Ok(lease.is_some_and(|lease| lease.get_object_id("holder").is_ok_and(|found| found == holder))),
        // Two nodes made the document at the same moment, and the other was first.
        Err(error) if violated_index(&error).is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives a right back before its time, if that holder has it.
pub(crate) async fn give_back(collections: &Collections, name: &str, holder: ObjectId) -> Result<(), Error> {
    collections.meta.delete_one(doc! { "_id": name, "holder": holder }).await?;
    Ok(())
}
