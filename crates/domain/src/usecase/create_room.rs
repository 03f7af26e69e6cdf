//! Make a room.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{
    Actor, Event, MemberNotice, Membership, NewRoom, ReadState, Role, Room, RoomAccess, RoomHead, RoomId, RoomKind,
    RoomName, RoomOverview, Topic,
};
use crate::port::{Constraint, RepositoryError};

/// A room to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRoom {
    /// Its name.
    pub name: RoomName,
    /// Who can find, enter and write.
    pub kind: RoomKind,
    /// What it is about.
    pub topic: Topic,
}

/// Why no room was made.
#[derive(Debug, Clone, Error)]
pub enum CreateRoomError {
    /// The name is taken. Said of private rooms too: a name can only be held once.
    #[error("a room of that name exists already")]
    RoomExists,
    /// Rooms of this kind aren't made by name.
    #[error("a room made by name is public, private or announce")]
    WrongKind,
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

impl UseCaseError for CreateRoomError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::RoomExists => ErrorKind::Conflict,
            Self::WrongKind => ErrorKind::Invalid,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::RoomExists => ErrorCode::RoomExists,
            Self::WrongKind => ErrorCode::Invalid,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Makes a room that the actor owns.
///
/// # Errors
/// [`CreateRoomError`]; nothing was stored then.
pub async fn create_room(ports: &Ports, actor: &Actor, input: CreateRoom) -> Result<RoomOverview, CreateRoomError> {
    if !matches!(input.kind, RoomKind::Public | RoomKind::Private | RoomKind::Announce) {
        return Err(CreateRoomError::WrongKind);
    }
    let room = Room {
        id: RoomId::new(ports.ids.generate()),
        name: Some(input.name),
        kind: input.kind,
        topic: input.topic,
        created_at: ports.clock.now(),
        archived_at: None,
        edit_window: None,
    };
    let new = NewRoom { room: room.clone(), owner: actor.user_id };
    ports.rooms.insert(new).await.map_err(|error| match error {
        RepositoryError::Conflict(Constraint::RoomNameUnique) => CreateRoomError::RoomExists,
        other => CreateRoomError::Repository(other),
    })?;
    let membership =
        Membership { room_id: room.id, user_id: actor.user_id, role: Role::Owner, joined_at: room.created_at };
    let access = RoomAccess { room, membership: Some(membership) };
    let notice = MemberNotice {
        room_id: access.room.id,
        user_id: actor.user_id,
        username: actor.username.clone(),
        at: access.room.created_at,
    };
    ports.broadcaster.publish(Event::MemberJoined(notice, Role::Owner)).await;
    let read_state = Some(ReadState::default());
    Ok(RoomOverview { access, head: RoomHead::default(), member_count: 1, read_state })
}
