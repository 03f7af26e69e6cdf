//! Who makes a request.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use domain::model::{AccessToken, Actor, Device};
use domain::usecase::authenticate;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::edge::Client;
use crate::problem::Problem;
use crate::rate_limit::QuotaSlot;
use crate::state::{AppState, Shared};

/// A signed-in user whose request counts as a command.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Actor);

/// A signed-in user whose request counts as a message.
#[derive(Debug)]
pub(crate) struct Sender(pub(crate) Actor);

/// Where a log-in or sign-up comes from.
#[derive(Debug, Clone)]
pub(crate) struct LogInGate {
    address: IpAddr,
    quota: QuotaSlot,
}

impl LogInGate {
    /// Counts an attempt, once it is known to be well-formed.
    ///
    /// # Errors
    /// 429 if there were too many from this address.
    pub(crate) fn count(&self, state: &Shared) -> Result<(), Problem> {
        self.quota.note(state.limiters.log_in_from(self.address))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let actor = signed_in(&parts.headers, state).await?;
        quota_slot(parts).note(state.limiters.command(actor.user_id))?;
        Ok(Self(actor))
    }
}

impl FromRequestParts<AppState> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let actor = signed_in(&parts.headers, state).await?;
        quota_slot(parts).note(state.limiters.send(actor.user_id))?;
        Ok(Self(actor))
    }
}

impl FromRequestParts<AppState> for LogInGate {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        let address = parts.extensions.get().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Client(address)| *address);
        Ok(Self { address, quota: quota_slot(parts) })
    }
}

/// Gives the token of an `Authorization: Bearer` header, if there is one; the scheme's case doesn't matter.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// Checks an access token and its session.
///
/// # Errors
/// 401, or what the store says.
pub(crate) async fn authenticate_text(state: &Shared, token: &str) -> Result<Actor, Problem> {
    Ok(authenticate(&state.app.ports, &AccessToken::new(token)).await?)
}

/// Gives what the client says it is.
pub(crate) fn device(headers: &HeaderMap) -> Device {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Device::describe(agent.unwrap_or_default())
}

async fn signed_in(headers: &HeaderMap, state: &Shared) -> Result<Actor, Problem> {
    let token = bearer(headers);
    let token = token.ok_or_else(|| Problem::unauthenticated("sign in first: send Authorization: Bearer TOKEN"))?;
    authenticate_text(state, token).await
}

fn quota_slot(parts: &Parts) -> QuotaSlot {
    parts.extensions.get().cloned().unwrap_or_default()
}
