//! Open an account that was shut.

use super::set_password::{AccountError, find_account};
use crate::Ports;
use crate::model::Username;

/// Opens an account again; the user has to sign in. Idempotent.
///
/// # Errors
/// [`AccountError`].
pub async fn enable_user(ports: &Ports, username: &Username) -> Result<(), AccountError> {
    let user = find_account(ports, username).await?;
    if ports.users.set_disabled(user.id, false).await? { Ok(()) } else { Err(AccountError::NotFound) }
}
