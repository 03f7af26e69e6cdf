//! Which web pages may act for a user.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::problem::Problem;
use domain::{ErrorCode, ErrorKind};

/// The origins whose pages may open sockets and use the refresh cookie.
#[derive(Debug)]
pub(crate) struct AllowedOrigins {
    own: Option<String>,
    listed: Vec<String>,
}

impl AllowedOrigins {
    /// Takes our own origin and the listed ones; a trailing slash and the case of the host don't matter.
    pub(crate) fn new(own: Option<&str>, listed: &[String]) -> Self {
        Self { own: own.and_then(normal), listed: listed.iter().filter_map(|origin| normal(origin)).collect() }
    }

    /// Gives the listed origins as header values.
    pub(crate) fn listed(&self) -> Vec<HeaderValue> {
        self.listed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect()
    }

    /// Refuses a request that a page of another origin made. Programs that aren't browsers send no `Origin`.
    ///
    /// # Errors
    /// 403 for an origin that is neither the host the request was sent to, nor ours, nor listed.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let origin = origin.to_str().ok().and_then(normal);
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let allowed = origin.is_some_and(|origin| {
            let same_host = host.is_some_and(|host| {
                normal(&format!("http://{host}")).is_some_and(|own| own == origin)
                    || normal(&format!("https://{host}")).is_some_and(|own| own == origin)
            });
            same_host || self.own.as_ref() == Some(&origin) || self.listed.contains(&origin)
        });
        if allowed { Ok(()) } else { Err(foreign()) }
    }

    /// Refuses a request with a cookie unless a page of ours made it, as far as the browser tells.
    ///
    /// # Errors
    /// 403.
    pub(crate) fn check_cookie_use(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if headers.contains_key(header::ORIGIN) {
            return self.check(headers);
        }
        match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            None | Some(b"same-origin" | b"none") => Ok(()),
            Some(_) => Err(foreign()),
        }
    }
}

fn foreign() -> Problem {
    let detail = "pages of this origin may not do this; the operator can list it with --cors-origin";
    Problem::new(ErrorKind::Forbidden, ErrorCode::Forbidden, detail)
}

/// Gives an origin in its one spelling; nothing for what isn't one, `null` among them.
fn normal(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
    let origin = url.origin();
    (bare && origin.is_tuple()).then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(origins: &AllowedOrigins, host: &'static str, origin: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        origins.check(&headers).is_ok()
    }

    #[test]
    fn pages_of_the_same_host_and_listed_ones_are_let_in() {
        let origins = AllowedOrigins::new(Some("https://chat.example/"), &["http://Other.example:81".to_owned()]);
        assert!(allowed(&origins, "127.0.0.1:8000", "http://127.0.0.1:8000"));
        assert!(allowed(&origins, "chat.example", "https://chat.example"));
        assert!(allowed(&origins, "inner:8000", "https://chat.example"));
        assert!(allowed(&origins, "inner:8000", "http://other.example:81"));
    }

    #[test]
    fn others_are_not() {
        let origins = AllowedOrigins::new(None, &[]);
        for origin in ["null", "https://evil.example", "http://127.0.0.1:8001", "http://127.0.0.1:8000.evil", ""] {
            assert!(!allowed(&origins, "127.0.0.1:8000", origin), "{origin}");
        }
    }
}
