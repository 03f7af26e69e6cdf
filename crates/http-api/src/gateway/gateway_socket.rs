//! `GET /api/v1/gateway`: the gateway's socket.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::response::Response;
use domain::model::{Actor, Ticket};
use domain::usecase::redeem_ticket;
use domain::{ErrorCode, ErrorKind};
use http::{HeaderMap, HeaderValue};

use super::close::WRONG_PROTOCOL;
use super::first_frame;
use super::subprotocols::{Offer, PROTOCOL, offer};
use crate::edge::Client;
use crate::extract::{authenticate_text, bearer};
use crate::limits::published;
use crate::problem::Problem;
use crate::socket::{Handshake, refuse_while_stopping, run, turn_away, upgrade};
use crate::state::{AppState, Shared};

/// Opens a connection to everything the caller can see. `/api/asyncapi.json` describes what goes in and comes out. The
/// subprotocol `chinwag.v1` has to be offered. Credentials are a ticket among the subprotocols (`ticket.TICKET`), or the
/// `Authorization` header, or a first frame `{"op":"auth","token":"…"}` within 5 seconds.
#[utoipa::path(get, path = "/api/v1/gateway", tag = "gateway", security(("bearer" = []), ()),
    params(("Sec-WebSocket-Protocol" = String, Header, description = "`chinwag.v1`, or `chinwag.v1, ticket.TICKET`.")),
    responses(
        (status = 101, description = "The connection is open."),
        (status = 400, description = "`bad_request`: the handshake is broken, or `chinwag.v1` isn't offered"),
        (status = 401, description = "`unauthenticated` or `token_expired`: the ticket or token isn't good"),
        (status = 403, description = "`forbidden`: a page of this origin may not do this"),
        (status = 426, description = "`bad_request`: this isn't a WebSocket handshake"),
        (status = 429, description = "`too_many` connections"),
))]
pub(super) async fn gateway_socket(State(state): State<AppState>, mut request: Request) -> Result<Response, Problem> {
    state.origins.check(request.headers())?;
    refuse_while_stopping(&state)?;
    let handshake = Handshake::of(&request)?;
    let ticket = match offer(request.headers())? {
        Offer::Ours(ticket) => ticket,
        Offer::Other(version) => {
            let carry = |_, stream, _| turn_away(stream, WRONG_PROTOCOL);
            return Ok(upgrade(&state, &mut request, &handshake, Some(version), carry));
        }
    };
    let protocol = Some(HeaderValue::from_static(PROTOCOL));
    let Some(actor) = actor(&state, ticket, request.headers()).await? else {
        let address = request.extensions().get().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Client(address)| *address);
        let place = state.lobby.enter(address).ok_or_else(crowded)?;
        let carry = |state, stream, early| first_frame::run(state, stream, early, place);
        return Ok(upgrade(&state, &mut request, &handshake, protocol, carry));
    };
    let connection = state.app.hub.connect_gateway(actor, published(&state.app.options.limits)).await?;
    let carry = |state, stream, early| run(state, stream, early, connection);
    Ok(upgrade(&state, &mut request, &handshake, protocol, carry))
}

/// Gives whom the handshake's credentials belong to; nobody if it has none.
async fn actor(state: &Shared, ticket: Option<Ticket>, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
    if let Some(ticket) = ticket {
        return Ok(Some(redeem_ticket(&state.app.ports, &ticket).await?));
    }
    match bearer(headers) {
        Some(token) => authenticate_text(state, token).await.map(Some),
        None => Ok(None),
    }
}

fn crowded() -> Problem {
    let detail = "too many connections wait to say whose they are; send a ticket or a token with the handshake";
    Problem::new(ErrorKind::RateLimited, ErrorCode::TooMany, detail)
}
