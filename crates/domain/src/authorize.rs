//! Who may do what: one pure function, so that every edge decides alike.

use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Actor, Role, RoomAccess, RoomKind, UserId};

/// Something a user wants to do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See that the room exists, and its description.
    View,
    /// Read its timeline, live or from history.
    Read,
    /// See who its members are.
    ListMembers,
    /// Become a member.
    Join,
    /// Stop being a member.
    Leave,
    /// Append a message.
    Post,
    /// Delete a message.
    Delete {
        /// Who wrote it.
        author: UserId,
    },
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// The actor may not know that the room exists.
    #[error("there is no such room")]
    Hidden,
    /// The actor would have to join first.
    #[error("join the room first")]
    NotAMember,
    /// The actor's role isn't enough.
    #[error("your role in this room does not allow this")]
    Role,
    /// The room is read-only.
    #[error("the room is archived: it can be read, but nothing in it can be changed")]
    Archived,
}

impl UseCaseError for Denied {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Hidden => ErrorKind::NotFound,
            Self::NotAMember | Self::Role => ErrorKind::Forbidden,
            Self::Archived => ErrorKind::Conflict,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Hidden => ErrorCode::NotFound,
            Self::NotAMember => ErrorCode::NotAMember,
            Self::Role => ErrorCode::Forbidden,
            Self::Archived => ErrorCode::RoomArchived,
        }
    }
}

/// Decides whether the actor may do that in the room.
///
/// # Errors
/// [`Denied`] with the reason that may be told to the actor; whoever may not know the room gets `Hidden` for
/// everything.
pub fn authorize(actor: &Actor, action: Action, access: &RoomAccess) -> Result<(), Denied> {
    let role = access.membership.as_ref().map(|membership| membership.role);
    let open = access.room.kind.is_open();
    if role.is_none() && !open {
        return Err(Denied::Hidden);
    }
    let archived = access.room.archived_at.is_some();
    match action {
        Action::Join if archived && role.is_none() => Err(Denied::Archived),
        Action::Post | Action::Delete { .. } if archived => Err(Denied::Archived),
        Action::View | Action::Read | Action::ListMembers | Action::Join | Action::Leave => Ok(()),
        Action::Post => may_post(role, access.room.kind),
        Action::Delete { author } => may_delete(actor, role, author),
    }
}

fn may_post(role: Option<Role>, kind: RoomKind) -> Result<(), Denied> {
    match role {
        None => Err(Denied::NotAMember),
        Some(role) if kind == RoomKind::Announce && !role.moderates() => Err(Denied::Role),
        Some(_) => Ok(()),
    }
}

fn may_delete(actor: &Actor, role: Option<Role>, author: UserId) -> Result<(), Denied> {
    let own = actor.user_id == author;
    let moderates = actor.is_admin || role.is_some_and(Role::moderates);
    if own || moderates { Ok(()) } else { Err(Denied::Role) }
}
