//! `GET /api/v1/server`.

use axum::Json;
use axum::extract::State;
use protocol::{DemoAccountDto, ServerDto};

use crate::problem::Problem;
use crate::state::AppState;

/// Tells what a client needs to know before anybody signed in.
#[utoipa::path(get, path = "/api/v1/server", tag = "server",
    responses((status = 200, description = "The server.", body = ServerDto)))]
pub(super) async fn view_server(State(state): State<AppState>) -> Result<Json<ServerDto>, Problem> {
    let options = &state.app.options;
    let demo = options
        .demo_accounts
        .iter()
        .map(|account| DemoAccountDto { username: account.username.clone(), password: account.password.clone() });
    let needs_setup = options.set_up_token.is_some() && !state.app.ports.users.any().await?;
    let (name, version) = ("Chinwag".to_owned(), options.version.clone());
    Ok(Json(ServerDto { name, version, demo: demo.collect(), needs_setup }))
}
