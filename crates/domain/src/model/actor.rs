//! Who does something, after their credentials were checked.

use super::{Author, Privacy, SessionId, SessionUser, UserId, Username};

/// A user with a live session. Only checked credentials become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who acts.
    pub user_id: UserId,
    /// Their name.
    pub username: Username,
    /// Whether they administer this server.
    pub is_admin: bool,
    /// What they show of themselves.
    pub privacy: Privacy,
    /// The session they act in.
    pub session_id: SessionId,
}

impl Actor {
    /// Gives the form in which messages name their author.
    pub fn author(&self) -> Author {
        Author { id: self.user_id, username: self.username.clone() }
    }
}

impl From<&SessionUser> for Actor {
    fn from(live: &SessionUser) -> Self {
        Self {
            user_id: live.user.id,
            username: live.user.username.clone(),
            is_admin: live.user.is_admin,
            privacy: live.user.privacy,
            session_id: live.session.id,
        }
    }
}
