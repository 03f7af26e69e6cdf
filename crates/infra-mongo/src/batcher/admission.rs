//! Who may append, as of just before the write.

use std::collections::HashSet;

use bson::doc;
use domain::model::UserId;
use domain::port::{AppendError, RepositoryError};
use futures_util::TryStreamExt;
use tokio::time::{Instant, timeout_at};

use super::Waiting;
use super::room_writer::RoomWriter;
use crate::collections::no_answer;
use crate::document::{id_of, membership_id, oid};
use crate::error::classify;

/// What the room and its members allow.
#[derive(Debug)]
pub(super) struct Admission {
    /// Whether the room is archived; nothing if it doesn't exist.
    archived: Option<bool>,
    members: HashSet<UserId>,
}

impl Admission {
    /// Answers those who may not append, and gives the others back.
    pub(super) fn admit(&self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let mut admitted = Vec::with_capacity(waiting.len());
        for one in waiting {
            match self.refusal(one.message.author.id) {
                None => admitted.push(one),
                // An earlier attempt may still arrive at the server, so «refused» wouldn't be certain.
                Some(_) if one.sent => drop(one.answer.send(Err(no_answer().into()))),
                Some(refusal) => drop(one.answer.send(Err(refusal))),
            }
        }
        admitted
    }

    fn refusal(&self, author: UserId) -> Option<AppendError> {
        match self.archived {
            None => Some(AppendError::NoRoom),
            Some(true) => Some(AppendError::RoomArchived),
            Some(false) if !self.members.contains(&author) => Some(AppendError::NotAMember),
            Some(false) => None,
        }
    }
}

impl RoomWriter {
    /// Reads the room and the authors' memberships, once for the whole batch.
    pub(super) async fn admission(&self, waiting: &[Waiting], deadline: Instant) -> Result<Admission, RepositoryError> {
        let authors: HashSet<UserId> = waiting.iter().map(|one| one.message.author.id).collect();
        let keys: Vec<_> = authors.iter().map(|author| membership_id(self.room_id, *author)).collect();
        let room = async { self.collections.rooms.find_one(doc! { "_id": oid(self.room_id.id()) }).await };
        let members = async {
            self.collections.memberships.find(doc! { "_id": { "$in": keys } }).await?.try_collect::<Vec<_>>().await
        };
        let read = timeout_at(deadline, async { tokio::try_join!(room, members) }).await;
        let (room, members) = read.map_err(|_| no_answer())?.map_err(classify)?;
        let members = members.into_iter().map(|member| UserId::new(id_of(member.user_id))).collect();
        Ok(Admission { archived: room.map(|room| room.archived_at.is_some()), members })
    }
}
