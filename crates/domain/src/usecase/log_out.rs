//! End the session one acts in.

use crate::Ports;
use crate::model::{Actor, Event};
use crate::port::RepositoryError;

/// Ends the actor's session and closes its connections on every node.
///
/// # Errors
/// [`RepositoryError`] if the store failed; the session may still live then.
pub async fn log_out(ports: &Ports, actor: &Actor) -> Result<(), RepositoryError> {
    ports.sessions.revoke(actor.user_id, actor.session_id).await?;
    let event = Event::SessionRevoked { session_id: actor.session_id, user_id: actor.user_id };
    ports.broadcaster.publish(event).await;
    Ok(())
}
