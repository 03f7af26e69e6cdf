//! Presence that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{ChosenPresence, StoredPresence, Timestamp, UserId};
use domain::port::{PresenceRepository, RepositoryError};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PresenceFault {
    GoesBackInTime,
    LosesTexts,
    ForgetsPastChoices,
    FindsInTheOrderOfAsking,
    StopsAtTheFirstGhost,
    AdmitsGhosts,
}

use PresenceFault as Fault;

/// Honest presence behind one fault.
pub struct MisbehavingPresences {
    inner: Arc<dyn PresenceRepository>,
    fault: PresenceFault,
    seen: Mutex<HashMap<UserId, Timestamp>>,
}

impl MisbehavingPresences {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn PresenceRepository>, fault: PresenceFault) -> Self {
        Self { inner, fault, seen: Mutex::default() }
    }
}

#[async_trait]
impl PresenceRepository for MisbehavingPresences {
    async fn find(&self, user_ids: &[UserId]) -> Result<Vec<StoredPresence>, RepositoryError> {
        let mut found = self.inner.find(user_ids).await?;
        match self.fault {
            Fault::FindsInTheOrderOfAsking => {
                found.sort_by_key(|presence| user_ids.iter().position(|id| *id == presence.user_id));
            }
            Fault::GoesBackInTime => {
                let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                for presence in &mut found {
                    presence.last_seen_at = seen.get(&presence.user_id).copied();
                }
            }
            _ => {}
        }
        Ok(found)
    }

    async fn choose(&self, user_id: UserId, mut chosen: ChosenPresence) -> Result<bool, RepositoryError> {
        match self.fault {
            Fault::LosesTexts => chosen.text = None,
            Fault::ForgetsPastChoices => chosen.until = None,
            _ => {}
        }
        Ok(self.inner.choose(user_id, chosen).await? || self.fault == Fault::AdmitsGhosts)
    }

    async fn note_seen(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(seen.iter().copied());
        if self.fault != Fault::StopsAtTheFirstGhost {
            return self.inner.note_seen(seen).await;
        }
        for (user_id, at) in seen {
            self.inner.note_seen(&[(*user_id, *at)]).await?;
            if self.inner.find(&[*user_id]).await?.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for MisbehavingPresences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingPresences").field("fault", &self.fault).finish_non_exhaustive()
    }
}
