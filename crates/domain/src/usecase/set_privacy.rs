//! Choose what one shows of oneself.

use super::set_password::AccountError;
use crate::Ports;
use crate::model::{Actor, Event, Privacy, User};

/// Replaces what the actor shows of themselves and tells all nodes; gives the actor's account as it is now.
///
/// # Errors
/// [`AccountError`].
pub async fn set_privacy(ports: &Ports, actor: &Actor, privacy: Privacy) -> Result<User, AccountError> {
    if !ports.users.set_privacy(actor.user_id, privacy).await? {
        return Err(AccountError::NotFound);
    }
    ports.broadcaster.publish(Event::UserChanged(actor.user_id)).await;
    ports.users.find(actor.user_id).await?.ok_or(AccountError::NotFound)
}
