//! Be shown as writing.

use super::admit::{RoomError, admit};
use crate::model::{Actor, Event, RoomId, RoomRef, TypingNotice};
use crate::{Action, Ports};

/// Tells the others in the room that the actor is writing, or stopped; nobody if they don't show it. Nothing is stored.
/// Gives the room.
///
/// # Errors
/// [`RoomError`].
pub async fn signal_typing(ports: &Ports, actor: &Actor, room: &RoomRef, on: bool) -> Result<RoomId, RoomError> {
    let access = admit(ports, actor, room, Action::Type).await?;
    if actor.privacy.typing {
        let notice = TypingNotice { room_id: access.room.id, user_id: actor.user_id, on };
        ports.broadcaster.publish(Event::Typing(notice)).await;
    }
    Ok(access.room.id)
}
