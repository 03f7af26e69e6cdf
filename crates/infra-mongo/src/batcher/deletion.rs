//! Replaces a message by its tombstone under the room's next number.

use bson::doc;
use domain::model::{Message, RoomHead};
use domain::port::{Cause, Deletion, RepositoryError};
use mongodb::options::ReturnDocument;

use super::Tombstone;
use super::room_writer::RoomWriter;
use crate::document::{from_time, oid};
use crate::error::{classify, violated_index};

/// How often another node may be faster before this is given up.
const ATTEMPTS: usize = 100;

impl RoomWriter {
    /// Deletes a message, unless it is gone or was deleted before.
    pub(super) async fn delete(&mut self, tombstone: Tombstone) -> Result<Deletion, RepositoryError> {
        for _ in 0..ATTEMPTS {
            let head = self.head().await?;
            let rev = head.rev.next();
            let filter = doc! { "_id": oid(tombstone.id.id()), "deleted_at": { "$exists": false } };
            let change = doc! {
                "$set": {
                    "rev": rev.to_i64(),
                    "deleted_at": from_time(tombstone.at),
                    "deleted_by": oid(tombstone.by.id()),
                },
                "$unset": { "content": "" },
            };
            let update = self.collections.messages.find_one_and_update(filter, change);
            match update.return_document(ReturnDocument::After).await {
                Ok(None) => return Ok(Deletion::Absent),
                Ok(Some(document)) => {
                    self.head = Some(RoomHead { rev, ..head });
                    return Ok(Deletion::Deleted(Message::try_from(document)?));
                }
                Err(error) => {
                    self.head = None;
                    if violated_index(&error).is_none() {
                        return Err(classify(error));
                    }
                }
            }
        }
        Err(RepositoryError::Timeout(Cause::new("other nodes were always faster")))
    }
}
