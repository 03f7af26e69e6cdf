//! `GET /chat/ws/{room}`: the seed's socket.

use axum::extract::{Request, State};
use axum::response::Response;
use domain::model::InvalidValue;

use crate::extract::{Fields, RoomPath, authenticate_text, bearer};
use crate::problem::Problem;
use crate::socket::{Handshake, refuse_while_stopping, run, upgrade};
use crate::state::AppState;

/// Opens a socket to a room. Text frames `{"content":"Hello"}` go in; `message`, `message_deleted`,
/// `user_joined`, `user_left` and `error` frames come out. An open room makes the user a member.
#[utoipa::path(get, path = "/chat/ws/{room}", tag = "seed", security(("bearer" = []), ("token" = [])),
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("token" = Option<String>, Query, description = "The access token, where no header can be sent."),
    ),
    responses(
        (status = 101, description = "The socket is open."),
        (status = 403, description = "`forbidden`: a page of this origin may not do this; `not_a_member`"),
        (status = 426, description = "`bad_request`: this isn't a WebSocket handshake"),
))]
pub(super) async fn chat_socket(
    State(state): State<AppState>,
    RoomPath(room): RoomPath,
    mut request: Request,
) -> Result<Response, Problem> {
    state.origins.check(request.headers())?;
    refuse_while_stopping(&state)?;
    let handshake = Handshake::of(&request)?;
    let mut query = Fields::of_query(request.uri().query().unwrap_or_default());
    let in_query = query.optional("token", |text| Ok::<_, InvalidValue>(text.to_owned())).flatten();
    let token = bearer(request.headers()).map(str::to_owned).or(in_query);
    let token = token.ok_or_else(|| Problem::unauthenticated("sign in first: add ?token=ACCESS_TOKEN"))?;
    let actor = authenticate_text(&state, &token).await?;
    let connection = state.app.hub.connect_seed(actor, &room).await?;
    let carry = |state, stream, early| run(state, stream, early, connection);
    Ok(upgrade(&state, &mut request, &handshake, None, carry))
}
