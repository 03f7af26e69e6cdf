//! Memberships that can't be relied on.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{Member, Membership, PageSize, RoomId, UserId, Username};
use domain::port::{Joined, MembershipRepository, RepositoryError};
use tokio::task::JoinSet;

use super::dawdle;
use crate::builders::page_size;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MembershipFault {
    ResetsTheRoleOfWhoJoinsAgain,
    CallsEveryJoinNew,
    SaysThatEverybodyLeft,
    LetsNobodyLeave,
    ConfirmsLeavingTooEarly,
    AdmitsGhosts,
    ListsByName,
    FindsNamesByCase,
    FindsSomeTwice,
    FindsThoseWhoLeft,
}

/// Honest memberships behind one fault.
pub struct MisbehavingMemberships {
    inner: Arc<dyn MembershipRepository>,
    fault: MembershipFault,
    later: Mutex<JoinSet<()>>,
    found: Mutex<BTreeSet<UserId>>,
}

impl MisbehavingMemberships {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn MembershipRepository>, fault: MembershipFault) -> Self {
        Self { inner, fault, later: Mutex::default(), found: Mutex::default() }
    }
}

#[async_trait]
impl MembershipRepository for MisbehavingMemberships {
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError> {
        if self.fault == MembershipFault::ResetsTheRoleOfWhoJoinsAgain {
            let again = self.inner.leave(membership.room_id, membership.user_id).await?;
            let joined = self.inner.join(membership).await?;
            return Ok(Joined { new: joined.new && !again, ..joined });
        }
        match self.inner.join(membership.clone()).await {
            Ok(joined) if self.fault == MembershipFault::CallsEveryJoinNew => Ok(Joined { new: true, ..joined }),
            Err(_) if self.fault == MembershipFault::AdmitsGhosts => Ok(Joined { membership, new: true }),
            other => other,
        }
    }

    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        match self.fault {
            MembershipFault::LetsNobodyLeave => Ok(true),
            MembershipFault::ConfirmsLeavingTooEarly => {
                let inner = Arc::clone(&self.inner);
                self.later.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
                    dawdle().await;
                    inner.leave(room_id, user_id).await.expect("he leaves at last");
                });
                Ok(true)
            }
            MembershipFault::SaysThatEverybodyLeft => self.inner.leave(room_id, user_id).await.map(|_| true),
            _ => self.inner.leave(room_id, user_id).await,
        }
    }

    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError> {
        let found = match self.fault {
            MembershipFault::FindsNamesByCase => {
                let members = self.inner.list(room_id, None, page_size(1000)).await?;
                let named = members.into_iter().filter(|member| names.contains(&member.username));
                named.map(|member| member.user_id).collect()
            }
            MembershipFault::FindsSomeTwice => {
                let mut found = Vec::new();
                for name in names {
                    found.extend(self.inner.find_named(room_id, std::slice::from_ref(name)).await?);
                }
                found
            }
            _ => self.inner.find_named(room_id, names).await?,
        };
        let mut ever = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        ever.extend(found.iter().copied());
        Ok(if self.fault == MembershipFault::FindsThoseWhoLeft { ever.iter().copied().collect() } else { found })
    }

    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError> {
        let mut listed = self.inner.list(room_id, after, size).await?;
        if self.fault == MembershipFault::ListsByName {
            listed.sort_by_key(|member| member.username.key());
        }
        Ok(listed)
    }
}

impl fmt::Debug for MisbehavingMemberships {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingMemberships").field("fault", &self.fault).finish_non_exhaustive()
    }
}
