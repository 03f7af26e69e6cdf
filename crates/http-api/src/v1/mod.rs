//! The API under `/api/v1`, one endpoint a file.

mod browse_directory;
mod create_room;
mod delete_message;
mod join_room;
mod leave_room;
mod list_changes;
mod list_members;
mod list_rooms;
mod list_sessions;
mod log_in;
mod log_out;
mod page_messages;
mod post_message;
mod refresh_session;
mod revoke_session;
mod set_up;
mod view_limits;
mod view_me;
mod view_message;
mod view_room;
mod view_server;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Gives the routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(log_in::log_in, list_sessions::list_sessions))
        .routes(routes!(refresh_session::refresh_session))
        .routes(routes!(log_out::log_out))
        .routes(routes!(revoke_session::revoke_session))
        .routes(routes!(view_me::view_me))
        .routes(routes!(list_rooms::list_rooms, create_room::create_room))
        .routes(routes!(browse_directory::browse_directory))
        .routes(routes!(view_room::view_room))
        .routes(routes!(join_room::join_room))
        .routes(routes!(leave_room::leave_room))
        .routes(routes!(list_members::list_members))
        .routes(routes!(page_messages::page_messages, post_message::post_message))
        .routes(routes!(list_changes::list_changes))
        .routes(routes!(view_message::view_message, delete_message::delete_message))
        .routes(routes!(view_limits::view_limits))
        .routes(routes!(view_server::view_server))
        .routes(routes!(set_up::set_up))
}
