//! `GET /api/v1/rooms/directory`.

use axum::extract::State;
use axum::response::Response;
use domain::model::{InvalidValue, RoomName};
use domain::usecase::{DirectoryQuery, browse_directory as browse};
use http::HeaderMap;
use protocol::{ListDto, RoomDto};

use crate::answer::json_if_changed;
use crate::extract::{Caller, Query, decode_cursor, page_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists the rooms that anybody may join, by name.
#[utoipa::path(get, path = "/api/v1/rooms/directory", tag = "rooms", security(("bearer" = [])),
    params(
        ("query" = Option<String>, Query, description = "What the name contains, in any case."),
        ("limit" = Option<u64>, Query, description = "How many, 1–100; 100 if absent. Larger numbers count as 100."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
    ),
    responses(
        (status = 200, description = "The rooms.", body = ListDto<RoomDto>),
        (status = 304, description = "Nothing changed since the entity tag in `If-None-Match`."),
))]
pub(super) async fn browse_directory(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Query(mut fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let text = fields.optional("query", short);
    let limit = fields.number("limit");
    let after = fields.optional("cursor", |text| decode_cursor(text, |key| RoomName::parse(key).ok()));
    let ((text, limit), after) = fields.finish(text.zip(limit).zip(after))?;
    let (size, ask) = page_of(limit);
    let query = DirectoryQuery { text: text.unwrap_or_default(), after, size: ask };
    let found = browse(&state.app.ports, &actor, query).await?;
    json_if_changed(&headers, &size.list(found, |item| item.access.room.label(), |item| RoomDto::from(item)))
}

/// Takes what a room's name may contain, as far as its length goes.
fn short(text: &str) -> Result<String, InvalidValue> {
    let actual = text.chars().count();
    if actual > RoomName::MAX_CHARS {
        return Err(InvalidValue::TooLong { max: RoomName::MAX_CHARS, actual, unit: "characters" });
    }
    Ok(text.to_owned())
}
