//! `GET /api/v1/limits`.

use axum::Json;
use axum::extract::State;
use domain::model::{MessageBody, Password, RoomName, Topic, Username};
use protocol::LimitsDto;

use crate::state::AppState;

/// Tells what a client may use.
#[utoipa::path(get, path = "/api/v1/limits", tag = "server",
    responses((status = 200, description = "The limits.", body = LimitsDto)))]
pub(super) async fn view_limits(State(state): State<AppState>) -> Json<LimitsDto> {
    let limits = &state.app.options.limits;
    Json(LimitsDto {
        message_characters: MessageBody::MAX_GRAPHEMES,
        message_bytes: MessageBody::MAX_BYTES,
        frame_bytes: limits.frame_bytes,
        body_bytes: limits.body_bytes,
        json_depth: limits.json_depth,
        username_min_characters: Username::MIN_CHARS,
        username_characters: Username::MAX_CHARS,
        password_min_bytes: Password::MIN_BYTES,
        password_bytes: Password::MAX_BYTES,
        room_name_characters: RoomName::MAX_CHARS,
        topic_characters: Topic::MAX_CHARS,
        sends_per_second: limits.sends_per_second,
        sends_burst: limits.sends_burst,
        commands_per_second: limits.commands_per_second,
        commands_burst: limits.commands_burst,
        logins_per_account: limits.logins_per_account,
        logins_per_address: limits.logins_per_address,
        connections_per_user: limits.connections_per_user,
    })
}
