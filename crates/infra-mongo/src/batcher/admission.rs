//! Who may append, as of just before the write.

use std::collections::{HashMap, HashSet};

use domain::model::UserId;
use domain::port::{AppendError, RepositoryError};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use super::Waiting;
use super::room_writer::RoomWriter;
use crate::collections::no_answer;

/// The authors who may not append, and why.
#[derive(Debug)]
pub(super) struct Admission {
    refused: HashMap<UserId, AppendError>,
}

impl Admission {
    /// Answers those who may not append, and gives the others back.
    pub(super) fn admit(&self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let mut admitted = Vec::with_capacity(waiting.len());
        for one in waiting {
            match self.refused.get(&one.message.author.id) {
                None => admitted.push(one),
                // An earlier attempt may still arrive at the server, so «refused» wouldn't be certain.
                Some(_) if one.sent => drop(one.answer.send(Err(no_answer().into()))),
                Some(refusal) => drop(one.answer.send(Err(refusal.clone()))),
            }
        }
        admitted
    }
}

impl RoomWriter {
    /// Asks once for each author of the batch.
    pub(super) async fn admission(&self, waiting: &[Waiting], deadline: Instant) -> Result<Admission, RepositoryError> {
        let authors: HashSet<UserId> = waiting.iter().map(|one| one.message.author.id).collect();
        let questions =
            authors.into_iter().map(async |author| (author, self.access.may_append(self.room_id, author).await));
        let answers = timeout_at(deadline, join_all(questions)).await.map_err(|_| no_answer())?;
        let mut refused = HashMap::new();
        for (author, answer) in answers {
            match answer {
                Ok(()) => {}
                Err(AppendError::Repository(error)) => return Err(error),
                Err(refusal) => drop(refused.insert(author, refusal)),
            }
        }
        Ok(Admission { refused })
    }
}
