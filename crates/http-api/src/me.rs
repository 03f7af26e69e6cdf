//! The caller's own account, as both APIs show it.

use domain::model::Actor;
use domain::usecase::AuthenticateError;
use protocol::UserDto;

use crate::problem::Problem;
use crate::state::Shared;

/// Gives the account that belongs to the caller's session.
///
/// # Errors
/// 401 if the session ended meanwhile, or what the store says.
pub(crate) async fn me(state: &Shared, actor: &Actor) -> Result<UserDto, Problem> {
    let live = state.app.ports.sessions.find(actor.session_id).await?;
    let live = live.ok_or(AuthenticateError::SessionEnded)?;
    Ok(UserDto::from(&live.user))
}
