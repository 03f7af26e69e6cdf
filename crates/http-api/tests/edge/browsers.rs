//! What browsers are told, and what pages of other sites can't do.

use http_api::HttpOptions;
use reqwest::StatusCode;
use serde_json::json;

use crate::server::{PASSWORD, Server, refused};

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = Server::start().await;
    for path in ["/healthz", "/nothing", "/docs", "/docs/docs.js", "/api/openapi.json", "/api/v1/limits", "/"] {
        let response = server.http.get(server.url(path)).send().await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;")
        );
        assert!(policy.ends_with("require-trusted-types-for 'script'; trusted-types 'none'"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(headers.contains_key("permissions-policy") && headers.contains_key("cache-control"));
        assert!(!headers.contains_key("strict-transport-security"));
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
    let redirect = server.http.get(server.url("/")).send().await.unwrap();
    assert_eq!(
        (redirect.status(), redirect.headers()["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/chat-ui")
    );
}

#[tokio::test]
async fn the_documentation_needs_nothing_from_elsewhere_and_nothing_inline() {
    let server = Server::start().await;
    let page = server.http.get(server.url("/docs")).send().await.unwrap().text().await.unwrap();
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("style=") && !page.contains("<style")
    );
    let script = server.http.get(server.url("/docs/docs.js")).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let tag = script.headers()["etag"].clone();
    let again = server.http.get(server.url("/docs/docs.js")).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let options = HttpOptions { cors_origins: vec!["https://listed.example".to_owned()], ..HttpOptions::default() };
    let server = Server::with(options).await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let path = format!("/chat/ws/general?token={}", ann.token);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "https://listed.example.evil"] {
        let (status, problem) = server.try_connect(&path, &[("origin", origin)]).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")), "{origin}");
    }
    for origin in [format!("http://{}", server.address), "https://listed.example".to_owned()] {
        assert!(server.try_connect(&path, &[("origin", &origin)]).await.is_ok(), "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_the_refresh_cookie() {
    let server = Server::start().await;
    server.person("ann").await;
    let body = json!({"username": "ann", "password": PASSWORD});
    let response = server.http.post(server.url("/api/v1/sessions")).json(&body).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let refresh = |name: &'static str, value: &str| {
        let request = server.http.post(server.url("/api/v1/sessions/refresh")).header("cookie", cookie.clone());
        request.header(name, value.to_owned()).send()
    };
    refused(refresh("origin", "https://evil.example").await.unwrap(), 403, "forbidden").await;
    refused(refresh("sec-fetch-site", "cross-site").await.unwrap(), 403, "forbidden").await;
    refused(refresh("sec-fetch-site", "same-site").await.unwrap(), 403, "forbidden").await;
    let own = format!("http://{}", server.address);
    assert_eq!(refresh("origin", &own).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn without_listed_origins_a_preflight_is_a_request_like_others() {
    let server = Server::start().await;
    let request = server.http.request(reqwest::Method::OPTIONS, server.url("/api/v1/rooms"));
    let response = request.header("origin", "https://evil.example").send().await.unwrap();
    assert!(!response.headers().contains_key("vary"));
    refused(response, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn only_listed_origins_are_let_in_by_browsers() {
    let options = HttpOptions { cors_origins: vec!["https://listed.example".to_owned()], ..HttpOptions::default() };
    let server = Server::with(options).await;
    let preflight = |origin: &'static str| {
        let request = server.http.request(reqwest::Method::OPTIONS, server.url("/api/v1/rooms"));
        request.header("origin", origin).header("access-control-request-method", "POST").send()
    };
    let listed = preflight("https://listed.example").await.unwrap();
    assert_eq!(listed.headers()["access-control-allow-origin"], "https://listed.example");
    let other = preflight("https://evil.example").await.unwrap();
    assert!(!other.headers().contains_key("access-control-allow-origin"));
    let refusal =
        server.http.get(server.url("/users/me")).header("origin", "https://listed.example").send().await.unwrap();
    assert_eq!(refusal.headers()["access-control-allow-origin"], "https://listed.example");
    refused(refusal, 401, "unauthenticated").await;
}
