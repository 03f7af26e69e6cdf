//! Become a member.

use super::admit::{RoomError, admit};
use crate::model::{Actor, Event, MemberNotice, Membership, Role, RoomOverview, RoomRef};
use crate::{Action, Denied, Ports};

/// Makes the actor a member of a room that is open to them. Idempotent.
///
/// # Errors
/// [`RoomError`].
pub async fn join_room(ports: &Ports, actor: &Actor, room: &RoomRef) -> Result<RoomOverview, RoomError> {
    let access = admit(ports, actor, room, Action::Join).await?;
    if access.membership.is_none() {
        let room_id = access.room.id;
        let joined_at = ports.clock.now();
        let membership = Membership { room_id, user_id: actor.user_id, role: Role::Member, joined_at };
        if ports.memberships.join(membership).await?.new {
            let username = actor.username.clone();
            let notice = MemberNotice { room_id, user_id: actor.user_id, username, at: joined_at };
            ports.broadcaster.publish(Event::MemberJoined(notice, Role::Member)).await;
        }
    }
    let overview = ports.rooms.overview(&RoomRef::Id(access.room.id), actor.user_id).await?;
    Ok(overview.ok_or(Denied::Hidden)?)
}
