//! The web app's files: part of the binary in release builds, read from disk in debug builds.

use axum::extract::RawPathParams;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use mime_guess::Mime;
use rust_embed::RustEmbed;

use crate::answer::{hash_tag, if_changed};
use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web"]
#[allow_missing = true]
#[include = "index.html"]
#[include = "manifest.webmanifest"]
#[include = "favicon.svg"]
#[include = "sw.js"]
#[include = "css/**"]
#[include = "js/**"]
#[include = "img/**"]
#[include = "locales/**"]
struct WebFiles;

/// Gives the app's page.
pub(super) async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    answer("index.html", &headers)
}

/// Gives one of the app's files.
pub(super) async fn file(params: RawPathParams, headers: HeaderMap) -> Result<Response, Problem> {
    let path = params.iter().find(|(name, _)| *name == "path").map_or("", |(_, path)| path);
    answer(path, &headers)
}

fn answer(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let absent = || Problem::not_found("the web app has no such file");
    // Only plain names under the folder exist, whatever a debug build's file system would make of others.
    let plain = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']));
    let file = plain.then(|| WebFiles::get(path)).flatten().ok_or_else(absent)?;
    let tag = hash_tag(&file.metadata.sha256_hash());
    let body = match file.data {
        std::borrow::Cow::Borrowed(data) => Bytes::from_static(data),
        std::borrow::Cow::Owned(data) => Bytes::from(data),
    };
    let mut response = if_changed(headers, &tag, &content_type(path), body);
    if path == "sw.js" {
        // The page is at /chat-ui, which lies outside the folder of its service worker.
        let name = HeaderName::from_static("service-worker-allowed");
        response.headers_mut().insert(name, HeaderValue::from_static("/chat-ui"));
    }
    Ok(response)
}

fn content_type(path: &str) -> String {
    if path.ends_with(".webmanifest") {
        return "application/manifest+json".to_owned();
    }
    let mime: Mime = mime_guess::from_path(path).first_or_octet_stream();
    let text = mime.type_() == "text" || mime.subtype() == "javascript" || mime.subtype() == "json";
    if text { format!("{}; charset=utf-8", mime.essence_str()) } else { mime.essence_str().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        for path in ["../Cargo.toml", "js/../../Cargo.toml", "/etc/passwd", ".env", "js//main.js", "", "js\\main.js"] {
            assert!(answer(path, &HeaderMap::new()).is_err(), "{path}");
        }
        assert!(answer("package.json", &HeaderMap::new()).is_err());
    }

    #[test]
    fn scripts_and_styles_have_the_types_browsers_insist_on() {
        assert_eq!(content_type("js/main.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("css/base.css"), "text/css; charset=utf-8");
        assert_eq!(content_type("favicon.svg"), "image/svg+xml");
        assert_eq!(content_type("manifest.webmanifest"), "application/manifest+json");
        assert_eq!(content_type("locales/en.json"), "application/json; charset=utf-8");
    }
}
