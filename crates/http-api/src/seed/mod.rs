//! The paths of the original application, kept where they are for ever.

mod chat_socket;
mod connection;
mod create_user;
mod delete_message;
mod list_messages;
mod token;
mod view_me;

use axum::routing::post;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Gives the routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_user::create_user))
        // The original redirects here; clients that don't follow redirects of a POST work too.
        .route("/users", post(create_user::create_user))
        .routes(routes!(token::token))
        .routes(routes!(view_me::view_me))
        .routes(routes!(list_messages::list_messages, delete_message::delete_message))
        .routes(routes!(chat_socket::chat_socket))
}
