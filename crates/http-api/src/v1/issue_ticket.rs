//! `POST /api/v1/gateway-tickets`.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::usecase::{TICKET_LIFETIME, issue_ticket as issue};
use http::{StatusCode, header};
use protocol::TicketDto;

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Makes a ticket that opens one connection to the gateway in the caller's session, for clients that can't send
/// headers with a WebSocket handshake.
#[utoipa::path(post, path = "/api/v1/gateway-tickets", tag = "gateway", security(("bearer" = [])),
    responses((status = 201, description = "The ticket.", body = TicketDto)))]
pub(super) async fn issue_ticket(
    State(state): State<AppState>,
    Caller(actor): Caller,
) -> Result<impl IntoResponse, Problem> {
    let ticket = issue(&state.app.ports, &actor).await?.reveal().to_owned();
    let answer = TicketDto { ticket, expires_in: TICKET_LIFETIME.as_secs() };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)))
}
