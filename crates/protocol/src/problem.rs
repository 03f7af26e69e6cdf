//! Errors over HTTP: problem documents (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageDto;

/// Says what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemDto {
    /// `urn:chinwag:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words, the same for every problem of this code and status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this very request.
    pub detail: String,
    /// Names the error for programs.
    pub code: String,
    /// Names the request in the server's log.
    pub request_id: String,
    /// Every fault that was found in the request's fields; absent if it isn't about fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFaultDto>,
    /// After how many milliseconds the request may succeed; absent where waiting doesn't help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `version_mismatch`: the message as it is now; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<MessageDto>>,
}

/// Says what is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldFaultDto {
    /// Where: `/username` is a key of the body (RFC 6901), `?limit` a query parameter, `{room}` a part of the
    /// path.
    pub pointer: String,
    /// Names the fault for programs.
    pub code: String,
    /// Says what is wrong.
    pub detail: String,
}
