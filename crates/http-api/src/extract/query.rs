//! Query strings.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Fields;
use crate::state::AppState;

/// The parameters of a query string; unknown ones are ignored.
#[derive(Debug)]
pub(crate) struct Query(pub(crate) Fields);

impl FromRequestParts<AppState> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self(Fields::of_query(parts.uri.query().unwrap_or_default())))
    }
}
