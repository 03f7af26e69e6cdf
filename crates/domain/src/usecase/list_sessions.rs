//! See where one is signed in.

use crate::Ports;
use crate::model::{Actor, Session};
use crate::port::RepositoryError;

/// Lists the actor's live sessions, newest first.
///
/// # Errors
/// [`RepositoryError`] if the store failed.
pub async fn list_sessions(ports: &Ports, actor: &Actor) -> Result<Vec<Session>, RepositoryError> {
    let now = ports.clock.now();
    let mut sessions = ports.sessions.list(actor.user_id).await?;
    sessions.retain(|session| session.expires_at > now);
    Ok(sessions)
}
