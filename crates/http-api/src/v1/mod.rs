//! The API under `/api/v1`, one endpoint a file.

mod add_reaction;
mod browse_directory;
mod choose_presence;
mod create_room;
mod delete_message;
mod edit_message;
mod follow_thread;
mod issue_ticket;
mod join_room;
mod leave_room;
mod list_changes;
mod list_members;
mod list_pins;
mod list_readers;
mod list_rooms;
mod list_sessions;
mod list_versions;
mod log_in;
mod log_out;
mod mark_read;
mod page_messages;
mod pin_message;
mod post_message;
mod refresh_session;
mod remove_reaction;
mod revoke_session;
mod set_up;
mod unfollow_thread;
mod unpin_message;
mod update_me;
mod update_room;
mod view_limits;
mod view_me;
mod view_message;
mod view_presence;
mod view_room;
mod view_server;
mod view_thread;
mod view_user;

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
        .routes(routes!(view_me::view_me, update_me::update_me))
        .routes(routes!(view_presence::view_presence, choose_presence::choose_presence))
        .routes(routes!(view_user::view_user))
        .routes(routes!(issue_ticket::issue_ticket))
        .routes(routes!(list_rooms::list_rooms, create_room::create_room))
        .routes(routes!(browse_directory::browse_directory))
        .routes(routes!(view_room::view_room, update_room::update_room))
        .routes(routes!(join_room::join_room))
        .routes(routes!(leave_room::leave_room))
        .routes(routes!(list_members::list_members))
        .routes(routes!(page_messages::page_messages, post_message::post_message))
        .routes(routes!(list_changes::list_changes))
        .routes(routes!(list_pins::list_pins))
        .routes(routes!(mark_read::mark_read))
        .routes(routes!(view_message::view_message, edit_message::edit_message, delete_message::delete_message))
        .routes(routes!(list_versions::list_versions))
        .routes(routes!(list_readers::list_readers))
        .routes(routes!(add_reaction::add_reaction, remove_reaction::remove_reaction))
        .routes(routes!(pin_message::pin_message, unpin_message::unpin_message))
        .routes(routes!(view_thread::view_thread))
        .routes(routes!(follow_thread::follow_thread, unfollow_thread::unfollow_thread))
        .routes(routes!(view_limits::view_limits))
        .routes(routes!(view_server::view_server))
        .routes(routes!(set_up::set_up))
}
