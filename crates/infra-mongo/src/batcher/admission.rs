//! Who may append, as of just before the write.

use std::collections::HashSet;

use domain::model::UserId;
use domain::port::{AppendError, RepositoryError};
use futures_util::future::try_join_all;
use tokio::time::{Instant, timeout_at};

use super::Waiting;
use super::room_writer::RoomWriter;
use crate::collections::no_answer;
use crate::standing::Standing;

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
        let questions = authors.into_iter().map(async |author| {
            let standing = self.access.standing(self.room_id, author).await?;
            Ok::<_, RepositoryError>((author, standing))
        });
        let answers = timeout_at(deadline, try_join_all(questions)).await.map_err(|_| no_answer())??;
        let mut admission = Admission { archived: None, members: HashSet::new() };
        for (author, standing) in answers {
            let Some(Standing { archived, member }) = standing else { continue };
            admission.archived = Some(archived);
            if member {
                admission.members.insert(author);
            }
        }
        Ok(admission)
    }
}
