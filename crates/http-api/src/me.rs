//! The caller's own account, as both APIs show it.

use domain::model::{Actor, User};
use domain::usecase::AuthenticateError;

use crate::problem::Problem;
use crate::state::Shared;

/// Gives the account that belongs to the caller's session.
///
/// # Errors
/// 401 if the session ended meanwhile, or what the store says.
pub(crate) async fn me(state: &Shared, actor: &Actor) -> Result<User, Problem> {
    let live = state.app.ports.sessions.find(actor.session_id).await?;
    Ok(live.ok_or(AuthenticateError::SessionEnded)?.user)
}
