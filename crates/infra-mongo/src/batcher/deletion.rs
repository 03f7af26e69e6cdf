//! Replaces a message by its tombstone under the room's next number.

use bson::{Document, doc};
use domain::model::{Message, RoomHead, RoomRev};
use domain::port::{Deletion, RepositoryError};
use mongodb::error::Error;
use mongodb::options::ReturnDocument;
use tokio::time::{Instant, sleep, timeout_at};

use super::Tombstone;
use super::repeats::PAUSE;
use super::room_writer::RoomWriter;
use crate::collections::no_answer;
use crate::document::{MessageDocument, from_time, oid};
use crate::error::{classify, is_outcome_unknown, violated_index};

impl RoomWriter {
    /// Deletes a message, unless it is gone or was deleted before.
    pub(super) async fn delete(&mut self, tombstone: Tombstone) -> Result<Deletion, RepositoryError> {
        let deadline = self.deadline();
        let mut sent = false;
        while Instant::now() < deadline {
            let head = self.head(deadline).await.map_err(|error| if sent { no_answer() } else { error })?;
            let rev = head.rev.next();
            match timeout_at(deadline, self.bury(tombstone, rev)).await {
                Ok(Ok(Some(document))) => {
                    self.head = Some(RoomHead { rev, ..head });
                    return Message::try_from(document).map(Deletion::Deleted);
                }
                Ok(Ok(None)) if !sent => return Ok(Deletion::Absent),
                Ok(Err(error)) if violated_index(&error).is_some() => {
                    self.fell_behind();
                    continue;
                }
                Ok(Err(error)) if !sent && !is_outcome_unknown(&error) => return Err(classify(error)),
                // It may have happened, now or in an earlier attempt: look, before trying again.
                Ok(Ok(None) | Err(_)) | Err(_) => {}
            }
            sent = true;
            self.head = None;
            let found = timeout_at(deadline, self.collections.messages.find_one(id_of(tombstone)).into_future()).await;
            match found {
                Ok(Ok(None)) => return Ok(Deletion::Absent),
                Ok(Ok(Some(document))) if is_ours(&document, tombstone) => {
                    return Message::try_from(document).map(Deletion::Deleted);
                }
                Ok(Ok(Some(document))) if document.deleted_at.is_some() => return Ok(Deletion::Absent),
                Ok(Ok(Some(_)) | Err(_)) => sleep(PAUSE).await,
                Err(_) => break,
            }
        }
        Err(no_answer())
    }

    async fn bury(&self, tombstone: Tombstone, rev: RoomRev) -> Result<Option<MessageDocument>, Error> {
        let mut filter = id_of(tombstone);
        filter.insert("deleted_at", doc! { "$exists": false });
        let change = doc! {
            "$set": {
                "rev": rev.to_i64(),
                "deleted_at": from_time(tombstone.at),
                "deleted_by": oid(tombstone.by.id()),
            },
            "$unset": { "content": "" },
        };
        let update = self.collections.messages.find_one_and_update(filter, change);
        update.return_document(ReturnDocument::After).await
    }
}

fn id_of(tombstone: Tombstone) -> Document {
    doc! { "_id": oid(tombstone.id.id()) }
}

/// Tells whether it was this deletion that left the tombstone.
fn is_ours(document: &MessageDocument, tombstone: Tombstone) -> bool {
    document.deleted_at == Some(from_time(tombstone.at)) && document.deleted_by == Some(oid(tombstone.by.id()))
}
