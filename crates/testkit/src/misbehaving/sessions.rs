//! Log-ins that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{NewSession, Session, SessionId, SessionUser, UserId};
use domain::port::{RepositoryError, Rotation, RotationRequest, SessionRepository};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SessionFault {
    TakesReuseForUnknown,
    RotatesTheOldTokenAgain,
    RevokesAnybodysSession,
    RemembersUsersAsTheyWere,
    SparesNoSession,
    ListsOldestFirst,
}

/// Honest log-ins behind one fault.
pub struct MisbehavingSessions {
    inner: Arc<dyn SessionRepository>,
    fault: SessionFault,
    seen: Mutex<HashMap<SessionId, SessionUser>>,
}

impl MisbehavingSessions {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn SessionRepository>, fault: SessionFault) -> Self {
        Self { inner, fault, seen: Mutex::default() }
    }
}

#[async_trait]
impl SessionRepository for MisbehavingSessions {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        self.inner.insert(new).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        let found = self.inner.find(id).await?;
        if self.fault != SessionFault::RemembersUsersAsTheyWere {
            return Ok(found);
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(found.map(|found| seen.entry(id).or_insert(found).clone()))
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        let mut listed = self.inner.list(user_id).await?;
        if self.fault == SessionFault::ListsOldestFirst {
            listed.reverse();
        }
        Ok(listed)
    }

    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        let rotation = self.inner.rotate(request).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match rotation {
            Rotation::Rotated(live) => {
                seen.insert(live.session.id, live.clone());
                Rotation::Rotated(live)
            }
            Rotation::Reused(_) if self.fault == SessionFault::TakesReuseForUnknown => Rotation::Unknown,
            Rotation::Reused(session) => match seen.get(&session.id) {
                Some(live) if self.fault == SessionFault::RotatesTheOldTokenAgain => Rotation::Rotated(live.clone()),
                _ => Rotation::Reused(session),
            },
            Rotation::Unknown => Rotation::Unknown,
        })
    }

    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let owner = match self.inner.find(id).await? {
            Some(live) if self.fault == SessionFault::RevokesAnybodysSession => live.user.id,
            _ => user_id,
        };
        self.inner.revoke(owner, id).await
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        let except = except.filter(|_| self.fault != SessionFault::SparesNoSession);
        self.inner.revoke_all(user_id, except).await
    }
}

impl fmt::Debug for MisbehavingSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingSessions").field("fault", &self.fault).finish_non_exhaustive()
    }
}
