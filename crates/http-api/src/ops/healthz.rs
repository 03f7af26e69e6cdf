//! `GET /healthz`.

/// Tells that the process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "It is alive.")))]
pub(super) async fn healthz() -> &'static str {
    "alive\n"
}
