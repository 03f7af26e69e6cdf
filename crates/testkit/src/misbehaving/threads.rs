//! Threads that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{Message, MessageId, PageSize, RoomSeq, ThreadPage, ThreadSummary, UserId};
use domain::port::{RepositoryError, ThreadRepository};

use crate::builders::page_size;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ThreadFault {
    CountsTombstones,
    LeavesTombstonesOut,
    IncludesTheCursor,
    GuessesWhetherThereIsMore,
    ForgetsChoices,
    ForgetsWhoTookPart,
    AdmitsGhosts,
}

use ThreadFault as Fault;

/// Honest threads behind one fault.
pub struct MisbehavingThreads {
    inner: Arc<dyn ThreadRepository>,
    fault: ThreadFault,
    choices: Mutex<HashMap<(MessageId, UserId), bool>>,
}

impl MisbehavingThreads {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn ThreadRepository>, fault: ThreadFault) -> Self {
        Self { inner, fault, choices: Mutex::default() }
    }
}

#[async_trait]
impl ThreadRepository for MisbehavingThreads {
    async fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> Result<ThreadPage, RepositoryError> {
        let after = match self.fault {
            Fault::IncludesTheCursor => RoomSeq::new(after.get().saturating_sub(1)).unwrap_or(after),
            _ => after,
        };
        let mut page = self.inner.replies(root, after, size).await?;
        match self.fault {
            Fault::LeavesTombstonesOut => page.items.retain(|message| !message.is_deleted()),
            Fault::GuessesWhetherThereIsMore => page.more = page.items.len() == size.get(),
            _ => {}
        }
        Ok(page)
    }

    async fn summary(&self, root: MessageId, user_id: UserId) -> Result<ThreadSummary, RepositoryError> {
        let mut summary = self.inner.summary(root, user_id).await?;
        if self.fault == Fault::CountsTombstones {
            let all: Vec<Message> = self.inner.replies(root, RoomSeq::ZERO, page_size(1000)).await?.items;
            summary.replies = all.len() as u64;
            summary.last_seq = all.last().map_or(RoomSeq::ZERO, |message| message.seq);
        }
        if self.fault == Fault::ForgetsWhoTookPart {
            let choices = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
            summary.following = choices.get(&(root, user_id)).copied().unwrap_or_default();
        }
        Ok(summary)
    }

    async fn follow(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError> {
        if self.fault == Fault::ForgetsChoices {
            return Ok(());
        }
        let followed = self.inner.follow(root, user_id, follows).await;
        self.choices.lock().unwrap_or_else(PoisonError::into_inner).insert((root, user_id), follows);
        if self.fault == Fault::AdmitsGhosts { Ok(()) } else { followed }
    }
}

impl fmt::Debug for MisbehavingThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingThreads").field("fault", &self.fault).finish_non_exhaustive()
    }
}
