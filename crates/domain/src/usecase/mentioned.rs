//! The step that finds out whom a text calls.

use crate::model::{Actor, MentionCandidates, Mentions, MessageBody, RoomAccess};
use crate::port::RepositoryError;
use crate::{Action, Ports, authorize};

/// Resolves what looks like a call: names of members, and everybody if the actor may call everybody. What can't be
/// resolved stays plain text.
pub(super) async fn mentioned(
    ports: &Ports,
    actor: &Actor,
    access: &RoomAccess,
    body: &MessageBody,
) -> Result<Mentions, RepositoryError> {
    let candidates = MentionCandidates::of(body);
    if candidates.is_empty() {
        return Ok(Mentions::default());
    }
    let everyone = (candidates.room || candidates.here) && authorize(actor, Action::MentionEveryone, access).is_ok();
    let mut users = if candidates.names.is_empty() {
        Vec::new()
    } else {
        ports.memberships.find_named(access.room.id, &candidates.names).await?
    };
    users.sort_unstable();
    users.dedup();
    Ok(Mentions { users, room: everyone && candidates.room, here: everyone && candidates.here })
}
