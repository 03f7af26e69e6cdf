//! How endpoints read requests: whole, checked, and with every fault named.

mod body;
mod caller;
mod cursor;
mod fields;
mod json;
mod path;
mod query;

pub(crate) use body::{FormBody, JsonBody};
pub(crate) use caller::{Caller, LogInGate, Sender, authenticate_text, bearer, device};
pub(crate) use cursor::{decode_cursor, page_of};
pub(crate) use fields::Fields;
pub(crate) use json::nesting;
pub(crate) use path::{EmojiPath, MessagePath, RoomPath, SessionPath, UserPath};
pub(crate) use query::Query;
