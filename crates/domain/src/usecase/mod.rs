//! What can be done with Chinwag, one verb a file.
//!
//! Each is a function of the [`crate::Ports`], the actor and values that are already valid. It checks rights
//! with [`crate::authorize`], asks the ports, and announces what happened after it is durable. No use case
//! calls another.

mod admit;
mod authenticate;
mod browse_directory;
mod create_room;
mod delete_message;
mod disable_user;
mod enable_user;
mod join_room;
mod leave_room;
mod list_changes;
mod list_members;
mod list_rooms;
mod list_sessions;
mod log_in;
mod log_out;
mod open_session;
mod page_live_messages;
mod page_messages;
mod post_message;
mod refresh_session;
mod register;
mod revoke_session;
mod set_password;
mod set_up;
mod view_message;
mod view_room;

pub use admit::RoomError;
pub use authenticate::{AuthenticateError, authenticate};
pub use browse_directory::{DirectoryQuery, browse_directory};
pub use create_room::{CreateRoom, CreateRoomError, create_room};
pub use delete_message::{DeleteMessageError, delete_message};
pub use disable_user::disable_user;
pub use enable_user::enable_user;
pub use join_room::join_room;
pub use leave_room::leave_room;
pub use list_changes::list_changes;
pub use list_members::list_members;
pub use list_rooms::list_rooms;
pub use list_sessions::list_sessions;
pub use log_in::{LogIn, LogInError, log_in};
pub use log_out::log_out;
pub use open_session::OpenedSession;
pub use page_live_messages::page_live_messages;
pub use page_messages::page_messages;
pub use post_message::{PostMessage, PostMessageError, Posted, post_message};
pub use refresh_session::{RefreshSessionError, refresh_session};
pub use register::{Register, RegisterError, register};
pub use revoke_session::{RevokeSessionError, revoke_session};
pub use set_password::{AccountError, set_password};
pub use set_up::{SetUpError, set_up};
pub use view_message::{MessageError, view_message};
pub use view_room::view_room;
