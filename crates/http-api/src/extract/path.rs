//! What a path names. Something that can't be a name or an id names nothing: 404, as for anything else that
//! isn't there.

use axum::extract::{FromRequestParts, RawPathParams};
use domain::model::{MessageId, RoomRef, SessionId};
use http::request::Parts;

use crate::problem::Problem;
use crate::state::AppState;

/// `{room}`: a room by id or by name. `{id}` on the seed's path that names a room or a message.
#[derive(Debug)]
pub(crate) struct RoomPath(pub(crate) RoomRef);

/// `{message_id}`, or `{id}` as above.
#[derive(Debug)]
pub(crate) struct MessagePath(pub(crate) MessageId);

/// `{session_id}`.
#[derive(Debug)]
pub(crate) struct SessionPath(pub(crate) SessionId);

macro_rules! path_part {
    ($extractor:ident, $names:pat, $absent:literal) => {
        impl FromRequestParts<AppState> for $extractor {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
                let absent = || Problem::not_found($absent);
                let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| absent())?;
                let text = params.iter().find(|(name, _)| matches!(*name, $names)).map(|(_, text)| text);
                text.and_then(|text| text.parse().ok()).map(Self).ok_or_else(absent)
            }
        }
    };
}

path_part!(RoomPath, "room" | "id", "there is no such room");
path_part!(MessagePath, "message_id" | "id", "there is no such message");
path_part!(SessionPath, "session_id", "you have no such session");
