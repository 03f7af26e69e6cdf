//! Signing in with a password, as both ways in do it.

use domain::model::{Device, Password};
use domain::usecase::{LogIn, OpenedSession, log_in};

use crate::extract::LogInGate;
use crate::problem::Problem;
use crate::state::Shared;

/// What was typed.
pub(crate) struct Typed {
    pub(crate) username: String,
    pub(crate) password: Password,
}

/// Counts the attempt, delays it if the account had too many failed ones, and makes it.
///
/// # Errors
/// 429 for too many attempts, 401 for wrong credentials, or what the store says.
pub(crate) async fn sign_in(
    state: &Shared,
    gate: &LogInGate,
    typed: Typed,
    device: Device,
) -> Result<OpenedSession, Problem> {
    gate.count(state)?;
    state.limiters.attempt(&typed.username).await?;
    let input = LogIn { username: typed.username, password: typed.password, device };
    let opened = log_in(&state.app.ports, input).await?;
    state.limiters.attempt_succeeded(&opened.live.user.username);
    Ok(opened)
}
