//! `POST /api/v1/rooms/{room}/messages`.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::model::{InvalidValue, MessageBody, MessageId, Nonce};
use domain::usecase::{PostMessage, post_message as post};
use http::{HeaderMap, StatusCode};
use protocol::{PostMessageDto, PostedDto};

use crate::extract::{Fields, JsonBody, RoomPath, Sender};
use crate::problem::Problem;
use crate::state::AppState;

/// The header that serves as the nonce where the body has none.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Posts a message. With a nonce, posting again can't double it.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages", tag = "messages", security(("bearer" = [])),
    request_body = PostMessageDto,
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Serves as `nonce` where the body has none."),
    ),
    responses(
        (status = 201, description = "The message.", body = PostedDto),
        (status = 200, description = "The message that this nonce made before.", body = PostedDto),
        (status = 403, description = "`not_a_member`, or `forbidden` by role"),
        (status = 409, description = "`nonce_reused` or `room_archived`"),
))]
pub(super) async fn post_message(
    State(state): State<AppState>,
    Sender(actor): Sender,
    RoomPath(room): RoomPath,
    headers: HeaderMap,
    JsonBody(mut fields): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let body = fields.required("content", |text| MessageBody::parse(text));
    let nonce = nonce(&mut fields, &headers);
    let reply_to = fields.optional("reply_to", message_id);
    let thread = fields.optional("thread", message_id);
    let ((body, nonce), (reply_to, thread)) = fields.finish(body.zip(nonce).zip(reply_to.zip(thread)))?;
    let input = PostMessage { room, body, nonce, reply_to, thread };
    let posted = post(&state.app.ports, &actor, input).await?;
    let status = if posted.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(PostedDto::new(&posted, actor.user_id))))
}

#[expect(clippy::option_option, reason = "a fault and an absent nonce are different things")]
fn nonce(fields: &mut Fields, headers: &HeaderMap) -> Option<Option<Nonce>> {
    let in_body = fields.optional("nonce", Nonce::parse)?;
    let header = headers.get(IDEMPOTENCY_KEY).map(|value| value.to_str().unwrap_or_default());
    match (in_body, header) {
        (None, Some(key)) => match Nonce::parse(unquoted(key)) {
            Ok(nonce) => Some(Some(nonce)),
            Err(error) => fields.header_fault("Idempotency-Key", &error),
        },
        (in_body, _) => Some(in_body),
    }
}

fn message_id(text: &str) -> Result<MessageId, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::Malformed { expected: "a message's id (24 lower-case hex digits)" })
}

/// The header's draft has its value in quotes; most clients send it bare.
fn unquoted(key: &str) -> &str {
    key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key)
}
