//! Stop being a member.

use super::admit::{RoomError, admit};
use crate::model::{Actor, Event, MemberNotice, RoomRef};
use crate::{Action, Ports};

/// Ends the actor's membership and closes their connections to the room. Idempotent for rooms that stay
/// visible to them.
///
/// # Errors
/// [`RoomError`].
pub async fn leave_room(ports: &Ports, actor: &Actor, room: &RoomRef) -> Result<(), RoomError> {
    let access = admit(ports, actor, room, Action::Leave).await?;
    if ports.memberships.leave(access.room.id, actor.user_id).await? {
        let notice = MemberNotice {
            room_id: access.room.id,
            user_id: actor.user_id,
            username: actor.username.clone(),
            at: ports.clock.now(),
        };
        ports.broadcaster.publish(Event::MemberLeft(notice)).await;
    }
    Ok(())
}
