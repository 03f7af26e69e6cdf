//! `chinwag openapi` and `chinwag asyncapi`.

use crate::failure::Failure;
use crate::output::print;

/// Prints the OpenAPI document.
pub(super) fn openapi() -> Result<(), Failure> {
    Ok(print(http_api::openapi_json().trim_end())?)
}

/// Says that there is no AsyncAPI document yet: it comes with the gateway, which it describes.
pub(super) fn asyncapi() -> Result<(), Failure> {
    Err(Failure::usage("this version has no gateway yet, so there is nothing that asyncapi could describe"))
}
