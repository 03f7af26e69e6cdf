//! Shut an account.

use super::set_password::{AccountError, find_account};
use crate::Ports;
use crate::model::{Event, Username};

/// Shuts an account: no log-in, every session ended, every connection closed. Idempotent.
///
/// # Errors
/// [`AccountError`].
pub async fn disable_user(ports: &Ports, username: &Username) -> Result<(), AccountError> {
    let user = find_account(ports, username).await?;
    if !ports.users.set_disabled(user.id, true).await? {
        return Err(AccountError::NotFound);
    }
    ports.sessions.revoke_all(user.id, None).await?;
    ports.broadcaster.publish(Event::UserRevoked { user_id: user.id, disabled: true }).await;
    Ok(())
}
