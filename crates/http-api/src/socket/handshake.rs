//! The opening handshake, server side (RFC 6455, section 4.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{ErrorCode, ErrorKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use sha1::{Digest, Sha1};

use crate::problem::Problem;

/// What RFC 6455, section 1.3, appends to a key before hashing it.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A checked handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    accept: HeaderValue,
}

impl Handshake {
    /// Checks that the request is a handshake we understand.
    ///
    /// # Errors
    /// 426 if it isn't a handshake or of another version, 400 if it is a broken one.
    pub(crate) fn of<B>(request: &Request<B>) -> Result<Self, Problem> {
        let headers = request.headers();
        let wanted =
            has_token(headers, &header::CONNECTION, "upgrade") && has_token(headers, &header::UPGRADE, "websocket");
        if request.method() != Method::GET || !wanted {
            return Err(upgrade_required("this is a socket: connect with a WebSocket client"));
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(upgrade_required("the WebSocket version must be 13"));
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
        if STANDARD.decode(key).map(|nonce| nonce.len()) != Ok(16) {
            return Err(Problem::bad_request("Sec-WebSocket-Key must be 16 bytes in base64"));
        }
        Ok(Self { accept: accept(key)? })
    }

    /// Gives the value of `Sec-WebSocket-Accept`.
    pub(super) fn accept(&self) -> HeaderValue {
        self.accept.clone()
    }
}

fn accept(key: &[u8]) -> Result<HeaderValue, Problem> {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|error| Problem::internal(error.to_string()))
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(token))
}

fn upgrade_required(detail: &'static str) -> Problem {
    Problem::new(ErrorKind::BadRequest, ErrorCode::BadRequest, detail)
        .with_status(StatusCode::UPGRADE_REQUIRED)
        .with_header(header::UPGRADE, HeaderValue::from_static("websocket"))
        .with_header(header::CONNECTION, HeaderValue::from_static("upgrade"))
        .with_header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(changed: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::new(());
        let usual = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for (name, value) in usual.iter().chain(changed) {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn the_example_of_the_rfc_is_answered_as_it_says() {
        let handshake = Handshake::of(&request(&[])).unwrap();
        assert_eq!(handshake.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn broken_handshakes_are_refused() {
        let status = |changed| Handshake::of(&request(changed)).unwrap_err().status.as_u16();
        assert_eq!(status(&[("connection", "close")]), 426);
        assert_eq!(status(&[("upgrade", "h2c")]), 426);
        assert_eq!(status(&[("sec-websocket-version", "8")]), 426);
        assert_eq!(status(&[("sec-websocket-key", "c2hvcnQ=")]), 400);
        assert_eq!(status(&[("sec-websocket-key", "not base64!")]), 400);
    }
}
