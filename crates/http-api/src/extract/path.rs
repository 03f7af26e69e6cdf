//! What a path names. Something that can't be a name or an id names nothing: 404, as for anything else that
//! isn't there.

use axum::extract::{FromRequestParts, RawPathParams};
use domain::ErrorCode;
use domain::model::{Emoji, MessageId, RoomRef, SessionId, UserId};
use http::request::Parts;
use protocol::FieldFaultDto;

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

/// `{user}`.
#[derive(Debug)]
pub(crate) struct UserPath(pub(crate) UserId);

/// `{emoji}`, percent-encoded. Unlike a name, a text that is no emoji is a fault: 422.
#[derive(Debug)]
pub(crate) struct EmojiPath(pub(crate) Emoji);

impl FromRequestParts<AppState> for EmojiPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let text = params.as_ref().ok().and_then(|params| params.iter().find(|(name, _)| *name == "emoji"));
        Emoji::parse(text.map_or("", |(_, text)| text)).map(Self).map_err(|error| {
            let (pointer, code) = ("{emoji}".to_owned(), ErrorCode::Invalid.as_str().to_owned());
            Problem::invalid(vec![FieldFaultDto { pointer, code, detail: error.to_string() }])
        })
    }
}

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
path_part!(UserPath, "user", "there is no such user");
path_part!(SessionPath, "session_id", "you have no such session");
