//! Say something in a room.

use std::sync::Arc;

use thiserror::Error;

use super::admit::{RoomError, admit};
use super::mentioned::mentioned;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{
    Actor, Event, Message, MessageBody, MessageId, NewMessage, Nonce, ReplyPreview, Room, RoomId, RoomRef,
};
use crate::port::{AppendError, RepositoryError};
use crate::{Action, Denied, Ports};

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostMessage {
    /// Where.
    pub room: RoomRef,
    /// The text.
    pub body: MessageBody,
    /// The client's name for the intent; with it, sending again can't double the message.
    pub nonce: Option<Nonce>,
    /// A message of the same room that this one answers.
    pub reply_to: Option<MessageId>,
    /// A message of the same room whose thread this one belongs to: the first of the thread or any other.
    pub thread: Option<MessageId>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The room.
    pub room: Room,
    /// The stored message.
    pub message: Arc<Message>,
    /// Whether it had been stored before, under the same nonce.
    pub duplicate: bool,
}

/// Why nothing was said.
#[derive(Debug, Clone, Error)]
pub enum PostMessageError {
    /// The actor may not, or may not know the room.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The nonce belongs to a message with another text.
    #[error("the nonce was used for another message; make a new one for each message")]
    NonceReused,
    /// The room has no such message to answer, or it was deleted.
    #[error("there is no such message in this room to reply to")]
    NoSuchMessage,
    /// The store failed. After a timeout, send again with the same nonce.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<RoomError> for PostMessageError {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::Denied(denied) => Self::Denied(denied),
            RoomError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<AppendError> for PostMessageError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::NoRoom => Self::Denied(Denied::Hidden),
            AppendError::RoomArchived => Self::Denied(Denied::Archived),
            AppendError::NotAMember => Self::Denied(Denied::NotAMember),
            AppendError::NonceReused => Self::NonceReused,
            AppendError::Repository(error) => Self::Repository(error),
        }
    }
}

impl UseCaseError for PostMessageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::NonceReused => ErrorKind::Conflict,
            Self::NoSuchMessage => ErrorKind::NotFound,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Denied(error) => error.code(),
            Self::NonceReused => ErrorCode::NonceReused,
            Self::NoSuchMessage => ErrorCode::NotFound,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Appends a message and tells everybody who sees the room, once it is durable.
///
/// # Errors
/// [`PostMessageError`].
pub async fn post_message(ports: &Ports, actor: &Actor, input: PostMessage) -> Result<Posted, PostMessageError> {
    let access = admit(ports, actor, &input.room, Action::Post).await?;
    let mentions = mentioned(ports, actor, &access, &input.body).await?;
    let reply_to = match input.reply_to {
        Some(id) => Some(answerable(ports, access.room.id, id).await?),
        None => None,
    };
    let thread = match input.thread {
        Some(id) => {
            let begun_by = answerable(ports, access.room.id, id).await?;
            Some(begun_by.thread.unwrap_or(begun_by.id))
        }
        None => None,
    };
    let new = NewMessage {
        id: MessageId::new(ports.ids.generate()),
        room_id: access.room.id,
        author: actor.author(),
        body: input.body,
        mentions,
        created_at: ports.clock.now(),
        nonce: input.nonce,
        reply_to: reply_to.as_ref().map(ReplyPreview::of),
        thread,
    };
    let appended = ports.messages.append(new).await?;
    let message = Arc::new(appended.message);
    // A repeat is announced again: the first announcement may have been lost with the process that made it,
    // and receivers drop what they have.
    ports.broadcaster.publish(Event::Timeline(Arc::clone(&message))).await;
    Ok(Posted { room: access.room, message, duplicate: appended.duplicate })
}

/// Finds a message of that room that can be answered.
async fn answerable(ports: &Ports, room_id: RoomId, id: MessageId) -> Result<Message, PostMessageError> {
    let found = ports.messages.find(id).await?;
    let in_room = found.filter(|message| message.room_id == room_id && !message.is_deleted());
    in_room.ok_or(PostMessageError::NoSuchMessage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::model::{
        Id, Membership, Privacy, Role, RoomAccess, RoomKind, RoomName, RoomRev, RoomSeq, SessionId, Timestamp, Topic,
        UserId, Username,
    };
    use crate::port::{Appended, Cause};

    fn ann() -> Actor {
        Actor {
            user_id: UserId::new(Id::from_bytes([1; 12])),
            username: Username::parse("ann").unwrap(),
            is_admin: false,
            privacy: Privacy::default(),
            session_id: SessionId::new(Id::from_bytes([2; 12])),
        }
    }

    fn input() -> PostMessage {
        PostMessage {
            room: RoomRef::Name(RoomName::parse("general").unwrap()),
            body: MessageBody::parse("hello").unwrap(),
            nonce: None,
            reply_to: None,
            thread: None,
        }
    }

    fn general(kind: RoomKind, role: Option<Role>) -> RoomAccess {
        let room_id = RoomId::new(Id::from_bytes([3; 12]));
        let joined_at = Timestamp::from_millis(0);
        RoomAccess {
            room: Room {
                id: room_id,
                name: Some(RoomName::parse("general").unwrap()),
                kind,
                topic: Topic::default(),
                created_at: joined_at,
                archived_at: None,
                edit_window: None,
            },
            membership: role.map(|role| Membership { room_id, user_id: ann().user_id, role, joined_at }),
        }
    }

    fn doubles(kind: RoomKind, role: Option<Role>) -> MockPorts {
        let mut mocks = MockPorts::default();
        mocks.rooms.expect_access().returning(move |_, _| Ok(Some(general(kind, role))));
        mocks.clock.expect_now().return_const(Timestamp::from_millis(7));
        mocks.ids.expect_generate().return_const(Id::from_bytes([4; 12]));
        mocks
    }

    #[tokio::test]
    async fn a_message_is_announced_after_it_was_stored() {
        let mut mocks = doubles(RoomKind::Public, Some(Role::Member));
        let mut order = mockall::Sequence::new();
        mocks.messages.expect_append().once().in_sequence(&mut order).returning(|new| {
            let message = new.numbered(RoomSeq::ZERO.next(), RoomRev::ZERO.next());
            Ok(Appended { message, duplicate: false })
        });
        mocks.broadcaster.expect_publish().once().in_sequence(&mut order).return_const(());
        let posted = post_message(&mocks.into_ports(), &ann(), input()).await.unwrap();
        assert_eq!(posted.message.body().unwrap().as_str(), "hello");
        assert_eq!(posted.message.created_at.as_millis(), 7);
    }

    #[tokio::test]
    async fn what_was_not_stored_is_not_announced() {
        let mut mocks = doubles(RoomKind::Public, Some(Role::Member));
        mocks
            .messages
            .expect_append()
            .returning(|_| Err(AppendError::Repository(RepositoryError::StorageFull(Cause::new("full")))));
        let error = post_message(&mocks.into_ports(), &ann(), input()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::StorageFull, ErrorCode::StorageFull));
    }

    #[tokio::test]
    async fn outsiders_of_a_public_room_have_to_join_and_of_a_private_one_find_nothing() {
        let public = doubles(RoomKind::Public, None).into_ports();
        assert_eq!(post_message(&public, &ann(), input()).await.unwrap_err().code(), ErrorCode::NotAMember);
        let private = doubles(RoomKind::Private, None).into_ports();
        assert_eq!(post_message(&private, &ann(), input()).await.unwrap_err().code(), ErrorCode::NotFound);
    }

    #[tokio::test]
    async fn only_moderators_write_in_announce_rooms() {
        let ports = doubles(RoomKind::Announce, Some(Role::Member)).into_ports();
        assert_eq!(post_message(&ports, &ann(), input()).await.unwrap_err().code(), ErrorCode::Forbidden);
    }
}
