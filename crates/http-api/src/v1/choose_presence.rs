//! `PUT /api/v1/users/me/presence`.

use axum::Json;
use axum::extract::State;
use domain::model::{Availability, ChosenPresence, InvalidValue, StatusText, Timestamp};
use domain::usecase::choose_presence as choose;
use protocol::{ChosenPresenceDto, parse_time};

use crate::extract::{Caller, JsonBody};
use crate::problem::Problem;
use crate::state::AppState;

/// Replaces what the caller is shown as, on all their devices.
#[utoipa::path(put, path = "/api/v1/users/me/presence", tag = "users", security(("bearer" = [])),
    request_body = ChosenPresenceDto,
    responses((status = 200, description = "The choice.", body = ChosenPresenceDto)))]
pub(super) async fn choose_presence(
    State(state): State<AppState>,
    Caller(actor): Caller,
    JsonBody(mut fields): JsonBody,
) -> Result<Json<ChosenPresenceDto>, Problem> {
    let availability = fields.required("status", str::parse::<Availability>);
    let text = fields.optional("text", StatusText::parse);
    let until = fields.optional("until", time);
    let ((availability, text), until) = fields.finish(availability.zip(text).zip(until))?;
    let chosen = ChosenPresence { availability, text, until };
    let answer = ChosenPresenceDto::from(&chosen);
    choose(&state.app.ports, &actor, chosen).await?;
    Ok(Json(answer))
}

fn time(text: &str) -> Result<Timestamp, InvalidValue> {
    parse_time(text).ok_or(InvalidValue::Malformed { expected: "a time in RFC 3339" })
}
