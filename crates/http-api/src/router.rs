//! All routes with everything around them, and the document that describes them.

use axum::Router;
use axum::middleware::from_fn_with_state;
use bytes::Bytes;
use tower::util::option_layer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::answer::entity_tag;
use crate::edge::{cors, wrap};
use crate::state::AppState;
use crate::{asyncapi, gateway, openapi, ops, seed, v1, web};

/// Gives the routes of the API and the document that describes them.
fn api() -> (Router<AppState>, OpenApi) {
    let routes = OpenApiRouter::with_openapi(openapi::base()).merge(v1::routes()).merge(gateway::routes());
    let (router, mut api) = routes.merge(seed::routes()).merge(ops::routes()).split_for_parts();
    openapi::complete(&mut api);
    (router, api)
}

/// Gives everything that answers requests.
pub(crate) fn router(state: &AppState) -> Router {
    let (api, _) = api();
    api.merge(web::routes())
        .layer(option_layer(cors(state.origins.listed())))
        .layer(from_fn_with_state(state.clone(), wrap))
        .with_state(state.clone())
}

/// Gives the OpenAPI document of that version as JSON.
pub(crate) fn openapi_text(version: &str) -> String {
    let (_, mut api) = api();
    version.clone_into(&mut api.info.version);
    // The document is built from types of ours, which all have a JSON form.
    api.to_pretty_json().unwrap_or_default()
}

/// The documents that describe the API, as they are served.
pub(crate) struct Documents {
    pub(crate) openapi: Document,
    pub(crate) asyncapi: Document,
}

/// A text with its entity tag.
pub(crate) struct Document {
    pub(crate) text: Bytes,
    pub(crate) tag: String,
}

impl Documents {
    /// Writes the documents of that version.
    pub(crate) fn of(version: &str) -> Self {
        Self { openapi: Document::of(openapi_text(version)), asyncapi: Document::of(asyncapi::document(version)) }
    }
}

impl Document {
    fn of(text: String) -> Self {
        let tag = entity_tag(text.as_bytes());
        Self { text: Bytes::from(text), tag }
    }
}
