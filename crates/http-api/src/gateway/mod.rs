//! The gateway: one socket for everything a user can see.
//!
//! `gateway_socket` is the endpoint; `subprotocols` reads what the client offers; `first_frame` waits for the
//! credentials of clients that sent none before; `connection` judges the pace of commands.

mod close;
mod connection;
mod first_frame;
mod gateway_socket;
mod lobby;
mod pace;
mod subprotocols;

pub(crate) use lobby::Lobby;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Gives the routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(gateway_socket::gateway_socket))
}
