//! Delete a message.

use super::change_message::{ChangedMessage, change_message};
use super::message_error::MessageError;
use super::view_message::find_live;
use crate::model::{Actor, MessageChange, MessageId};
use crate::{Action, Ports, authorize};

/// Replaces a message by its tombstone and tells everybody who sees the room. A message that was deleted
/// before is not found.
///
/// # Errors
/// [`MessageError`].
pub async fn delete_message(ports: &Ports, actor: &Actor, id: MessageId) -> Result<ChangedMessage, MessageError> {
    let (access, message) = find_live(ports, actor, id).await?;
    authorize(actor, Action::Delete { author: message.author.id }, &access)?;
    let change = MessageChange::Delete { by: actor.user_id, at: ports.clock.now() };
    change_message(ports, access.room, id, change).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::error::{ErrorCode, UseCaseError};
    use crate::model::{
        Author, Id, Membership, Mentions, Message, MessageBody, MessageState, NewMessage, Privacy, Role, Room,
        RoomAccess, RoomId, RoomKind, RoomRev, RoomSeq, SessionId, Timestamp, Topic, UserId, Username,
    };
    use crate::port::Changed;

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    fn actor(number: u8) -> Actor {
        Actor {
            user_id: user(number),
            username: Username::parse("ann").unwrap(),
            is_admin: false,
            privacy: Privacy::default(),
            session_id: SessionId::new(Id::from_bytes([9; 12])),
        }
    }

    fn message() -> Message {
        let new = NewMessage {
            id: MessageId::new(Id::from_bytes([5; 12])),
            room_id: RoomId::new(Id::from_bytes([6; 12])),
            author: Author { id: user(1), username: Username::parse("ann").unwrap() },
            body: MessageBody::parse("oops").unwrap(),
            mentions: Mentions::default(),
            created_at: Timestamp::from_millis(0),
            nonce: None,
            reply_to: None,
            thread: None,
        };
        new.numbered(RoomSeq::ZERO.next(), RoomRev::ZERO.next())
    }

    fn doubles(role: Option<Role>, message: Message) -> MockPorts {
        let mut mocks = MockPorts::default();
        let (room_id, joined_at) = (message.room_id, Timestamp::from_millis(0));
        mocks.messages.expect_find().returning(move |_| Ok(Some(message.clone())));
        mocks.rooms.expect_access().returning(move |_, user_id| {
            let room = Room {
                id: room_id,
                name: None,
                kind: RoomKind::Private,
                topic: Topic::default(),
                created_at: joined_at,
                archived_at: None,
                edit_window: None,
            };
            let membership = role.map(|role| Membership { room_id, user_id, role, joined_at });
            Ok(Some(RoomAccess { room, membership }))
        });
        mocks.clock.expect_now().return_const(Timestamp::from_millis(8));
        mocks
    }

    fn tombstone() -> Message {
        Message { state: MessageState::Deleted { at: Timestamp::from_millis(8), by: user(1) }, ..message() }
    }

    #[tokio::test]
    async fn an_author_deletes_their_message_and_everybody_is_told() {
        let mut mocks = doubles(Some(Role::Member), message());
        mocks.messages.expect_change().once().returning(|_, _| Ok(Changed::Done(tombstone())));
        mocks.broadcaster.expect_publish().once().return_const(());
        let (_, deleted) = delete_message(&mocks.into_ports(), &actor(1), message().id).await.unwrap();
        assert!(deleted.is_deleted());
    }

    #[tokio::test]
    async fn members_may_not_delete_what_others_wrote_and_outsiders_do_not_find_it() {
        let member = doubles(Some(Role::Member), message()).into_ports();
        let error = delete_message(&member, &actor(2), message().id).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Forbidden);
        let outsider = doubles(None, message()).into_ports();
        let error = delete_message(&outsider, &actor(2), message().id).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound);
    }

    #[tokio::test]
    async fn a_tombstone_is_not_found_whoever_asks() {
        let ports = doubles(Some(Role::Member), tombstone()).into_ports();
        let error = delete_message(&ports, &actor(2), message().id).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound);
    }
}
