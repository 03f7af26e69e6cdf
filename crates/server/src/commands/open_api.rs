//! `chinwag openapi` and `chinwag asyncapi`.

use crate::failure::Failure;
use crate::output::print;

/// Prints the OpenAPI document.
pub(super) fn openapi() -> Result<(), Failure> {
    Ok(print(http_api::openapi_json().trim_end())?)
}

/// Prints the AsyncAPI document.
pub(super) fn asyncapi() -> Result<(), Failure> {
    Ok(print(http_api::asyncapi_json().trim_end())?)
}
