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
    /// Call everybody in a message, by `@room` or `@here`.
    MentionEveryone,
    /// Be shown as writing.
    Type,
    /// Say how far one has read.
    Mark,
    /// Follow a thread, or not.
    Follow,
    /// React to a message, or take a reaction back.
    React,
    /// Pin a message, or unpin it.
    Pin,
    /// Change a message's text.
    Edit {
        /// Who wrote it.
        author: UserId,
    },
    /// Delete a message.
    Delete {
        /// Who wrote it.
        author: UserId,
    },
    /// Change what the room is like.
    ManageRoom,
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
        Action::Post
        | Action::MentionEveryone
        | Action::Type
        | Action::React
        | Action::Pin
        | Action::Edit { .. }
        | Action::Delete { .. }
            if archived =>
        {
            Err(Denied::Archived)
        }
        Action::View | Action::Read | Action::ListMembers | Action::Join | Action::Leave => Ok(()),
        Action::Mark | Action::Follow | Action::React => role.map(drop).ok_or(Denied::NotAMember),
        Action::Post | Action::Type => may_post(role, access.room.kind),
        Action::MentionEveryone => may_mention_everyone(role, access.room.kind),
        Action::Pin => may_pin(role, access.room.kind),
        Action::Edit { author } => may_edit(actor, role, access.room.kind, author),
        Action::Delete { author } => may_delete(actor, role, author),
        Action::ManageRoom => may_manage(actor, role),
    }
}

fn may_post(role: Option<Role>, kind: RoomKind) -> Result<(), Denied> {
    match role {
        None => Err(Denied::NotAMember),
        Some(role) if kind == RoomKind::Announce && !role.moderates() => Err(Denied::Role),
        Some(_) => Ok(()),
    }
}

fn may_mention_everyone(role: Option<Role>, kind: RoomKind) -> Result<(), Denied> {
    may_post(role, kind)?;
    if role == Some(Role::Guest) { Err(Denied::Role) } else { Ok(()) }
}

/// Where everybody is equal, everybody pins.
fn may_pin(role: Option<Role>, kind: RoomKind) -> Result<(), Denied> {
    match role {
        None => Err(Denied::NotAMember),
        Some(role) if role.moderates() || kind.is_conversation() => Ok(()),
        Some(_) => Err(Denied::Role),
    }
}

/// Nobody puts words into another's mouth, whatever their role.
fn may_edit(actor: &Actor, role: Option<Role>, kind: RoomKind, author: UserId) -> Result<(), Denied> {
    if actor.user_id == author { may_post(role, kind) } else { Err(Denied::Role) }
}

fn may_manage(actor: &Actor, role: Option<Role>) -> Result<(), Denied> {
    match role {
        Some(Role::Owner | Role::Admin) => Ok(()),
        _ if actor.is_admin => Ok(()),
        None => Err(Denied::NotAMember),
        Some(_) => Err(Denied::Role),
    }
}

fn may_delete(actor: &Actor, role: Option<Role>, author: UserId) -> Result<(), Denied> {
    let own = actor.user_id == author;
    let moderates = actor.is_admin || role.is_some_and(Role::moderates);
    if own || moderates { Ok(()) } else { Err(Denied::Role) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Membership, Privacy, Room, RoomId, RoomName, SessionId, Timestamp, Topic, Username};

    const ANN: UserId = UserId::new(Id::from_bytes([1; 12]));
    const BOB: UserId = UserId::new(Id::from_bytes([2; 12]));
    const ACTIONS: [Action; 17] = [
        Action::View,
        Action::Read,
        Action::ListMembers,
        Action::Join,
        Action::Leave,
        Action::Post,
        Action::Delete { author: ANN },
        Action::Delete { author: BOB },
        Action::MentionEveryone,
        Action::Type,
        Action::Mark,
        Action::Follow,
        Action::React,
        Action::Pin,
        Action::Edit { author: ANN },
        Action::Edit { author: BOB },
        Action::ManageRoom,
    ];

    fn ann(is_admin: bool) -> Actor {
        let session_id = SessionId::new(Id::from_bytes([3; 12]));
        Actor {
            user_id: ANN,
            username: Username::parse("ann").unwrap(),
            is_admin,
            privacy: Privacy::default(),
            session_id,
        }
    }

    fn access(kind: RoomKind, role: Option<Role>, archived: bool) -> RoomAccess {
        let (room_id, at) = (RoomId::new(Id::from_bytes([4; 12])), Timestamp::from_millis(0));
        let room = Room {
            id: room_id,
            name: Some(RoomName::parse("general").unwrap()),
            kind,
            topic: Topic::default(),
            created_at: at,
            archived_at: archived.then_some(at),
            edit_window: None,
        };
        RoomAccess { room, membership: role.map(|role| Membership { room_id, user_id: ANN, role, joined_at: at }) }
    }

    /// One letter for each of [`ACTIONS`]: yes, hidden, not a member, role, archived.
    fn row(actor: &Actor, access: &RoomAccess) -> String {
        let letter = |action| match authorize(actor, action, access) {
            Ok(()) => 'y',
            Err(Denied::Hidden) => 'h',
            Err(Denied::NotAMember) => 'n',
            Err(Denied::Role) => 'r',
            Err(Denied::Archived) => 'a',
        };
        ACTIONS.map(letter).into_iter().collect()
    }

    #[test]
    fn the_table_of_rights_is_as_written_here() {
        use RoomKind::{Announce, Direct, Private, Public};
        let table = [
            // kind, role, archived, server administrator, answers
            (Public, None, false, false, "yyyyynyrnnnnnnnrn"),
            (Public, None, false, true, "yyyyynyynnnnnnnry"),
            (Public, None, true, false, "yyyayaaaaannaaaan"),
            (Public, Some(Role::Guest), false, false, "yyyyyyyrryyyyryrr"),
            (Public, Some(Role::Member), false, false, "yyyyyyyryyyyyryrr"),
            (Public, Some(Role::Member), true, false, "yyyyyaaaaayyaaaar"),
            (Public, Some(Role::Moderator), false, false, "yyyyyyyyyyyyyyyrr"),
            (Public, Some(Role::Admin), false, false, "yyyyyyyyyyyyyyyry"),
            (Public, Some(Role::Owner), false, false, "yyyyyyyyyyyyyyyry"),
            (Public, Some(Role::Owner), true, false, "yyyyyaaaaayyaaaay"),
            (Announce, None, false, false, "yyyyynyrnnnnnnnrn"),
            (Announce, Some(Role::Member), false, false, "yyyyyryrrryyyrrrr"),
            (Announce, Some(Role::Moderator), false, false, "yyyyyyyyyyyyyyyrr"),
            (Private, None, false, false, "hhhhhhhhhhhhhhhhh"),
            (Private, None, false, true, "hhhhhhhhhhhhhhhhh"),
            (Private, Some(Role::Member), false, false, "yyyyyyyryyyyyryrr"),
            (Direct, None, false, true, "hhhhhhhhhhhhhhhhh"),
            (Direct, Some(Role::Member), false, false, "yyyyyyyryyyyyyyrr"),
        ];
        for (kind, role, archived, is_admin, answers) in table {
            let found = row(&ann(is_admin), &access(kind, role, archived));
            assert_eq!(found, answers, "{kind:?} {role:?} archived: {archived} administrator: {is_admin}");
        }
    }
}
