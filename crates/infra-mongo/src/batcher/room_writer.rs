//! The task that writes to one room.

use std::time::Duration;

use bson::doc;
use domain::model::{RoomHead, RoomId, RoomRev, RoomSeq};
use domain::port::RepositoryError;
use mongodb::options::ReadConcern;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Job;
use crate::collections::Collections;
use crate::document::{MessageDocument, oid};
use crate::error::{classify, corrupt};

/// The most writes of one batch.
const BATCH: usize = 256;
/// How long a room waits for the next write before its task ends.
const IDLE: Duration = Duration::from_secs(60);

/// What a room's task knows.
#[derive(Debug)]
pub(super) struct RoomWriter {
    pub(super) collections: Collections,
    pub(super) room_id: RoomId,
    /// The last numbers given out, as far as this node knows; nothing when it has to look.
    pub(super) head: Option<RoomHead>,
}

impl RoomWriter {
    pub(super) fn new(collections: Collections, room_id: RoomId) -> Self {
        Self { collections, room_id, head: None }
    }

    /// Writes until nobody wrote for a while. Nothing that was enqueued is left behind.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Job>, forget: impl FnOnce()) {
        let mut batch = Vec::new();
        loop {
            match timeout(IDLE, jobs.recv_many(&mut batch, BATCH)).await {
                Ok(0) => break,
                Ok(_) => self.write(&mut batch).await,
                Err(_) => jobs.close(),
            }
        }
        forget();
    }

    async fn write(&mut self, batch: &mut Vec<Job>) {
        let mut appends = Vec::new();
        for job in batch.drain(..) {
            match job {
                Job::Append(message, answer) => appends.push((message, answer)),
                Job::Delete(tombstone, answer) => {
                    self.append_all(std::mem::take(&mut appends)).await;
                    let _ = answer.send(self.delete(tombstone).await);
                }
                Job::Barrier(answer) => {
                    self.append_all(std::mem::take(&mut appends)).await;
                    let _ = answer.send(());
                }
            }
        }
        self.append_all(appends).await;
    }

    /// Gives the last numbers given out, from memory or the store.
    pub(super) async fn head(&mut self) -> Result<RoomHead, RepositoryError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        // Not a majority read: another node's newest message counts as soon as it is on the primary, or the next
        // attempt would collide with it again.
        let newest = |field: &'static str| {
            let messages = self.collections.messages.clone();
            let room_id = oid(self.room_id.id());
            async move {
                let find = messages.find_one(doc! { "room_id": room_id }).sort(doc! { field: -1 });
                find.read_concern(ReadConcern::local()).await.map_err(classify)
            }
        };
        let (by_seq, by_rev) = tokio::try_join!(newest("seq"), newest("rev"))?;
        let read = |document: Option<MessageDocument>, number: fn(&MessageDocument) -> i64| {
            document.as_ref().map_or(0, number)
        };
        let head = RoomHead {
            seq: RoomSeq::from_i64(read(by_seq, |message| message.seq)).ok_or_else(|| corrupt("seq"))?,
            rev: RoomRev::from_i64(read(by_rev, |message| message.rev)).ok_or_else(|| corrupt("rev"))?,
        };
        self.head = Some(head);
        Ok(head)
    }
}
