//! See who somebody is.

use super::set_password::AccountError;
use crate::Ports;
use crate::model::{Actor, User, UserId};

/// Gives an account. Everybody who is signed in may know everybody's name; an edge leaves out what concerns only the
/// user themselves.
///
/// # Errors
/// [`AccountError`].
pub async fn view_user(ports: &Ports, _: &Actor, id: UserId) -> Result<User, AccountError> {
    ports.users.find(id).await?.ok_or(AccountError::NotFound)
}
