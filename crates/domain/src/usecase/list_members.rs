//! See who belongs to a room.

use super::admit::{RoomError, admit};
use crate::model::{Actor, Member, PageSize, RoomRef, UserId};
use crate::{Action, Ports};

/// Lists a room's members by user id ascending, after `after` (exclusive).
///
/// # Errors
/// [`RoomError`].
pub async fn list_members(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    after: Option<UserId>,
    size: PageSize,
) -> Result<Vec<Member>, RoomError> {
    let access = admit(ports, actor, room, Action::ListMembers).await?;
    Ok(ports.memberships.list(access.room.id, after, size).await?)
}
