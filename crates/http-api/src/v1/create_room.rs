//! `POST /api/v1/rooms`.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::model::{InvalidValue, RoomKind, RoomName, Topic};
use domain::usecase::{CreateRoom, create_room as create};
use http::StatusCode;
use protocol::{CreateRoomDto, RoomDto};

use crate::extract::{Caller, JsonBody};
use crate::problem::Problem;
use crate::state::AppState;

/// Makes a room that the caller owns.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", security(("bearer" = [])), request_body = CreateRoomDto,
    responses(
        (status = 201, description = "The room.", body = RoomDto),
        (status = 409, description = "`room_exists`"),
))]
pub(super) async fn create_room(
    State(state): State<AppState>,
    Caller(actor): Caller,
    JsonBody(mut fields): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let name = fields.required("name", RoomName::parse);
    let kind = fields.required("kind", made_by_name);
    let topic = fields.optional("topic", Topic::parse);
    let ((name, kind), topic) = fields.finish(name.zip(kind).zip(topic))?;
    let input = CreateRoom { name, kind, topic: topic.unwrap_or_default() };
    let room = create(&state.app.ports, &actor, input).await?;
    Ok((StatusCode::CREATED, Json(RoomDto::from(&room))))
}

/// Reads a kind of room that has a name.
fn made_by_name(text: &str) -> Result<RoomKind, InvalidValue> {
    match text.parse() {
        Ok(kind @ (RoomKind::Public | RoomKind::Private | RoomKind::Announce)) => Ok(kind),
        _ => Err(InvalidValue::Malformed { expected: "one of public, private, announce" }),
    }
}
