//! The AsyncAPI document against what is pinned and what is served.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::schema::{ASYNCAPI, check_message};
use crate::server::Server;

fn golden(prefix: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/golden");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = paths.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path));
    let ours = named.filter(|(name, _)| name.starts_with(prefix));
    ours.map(|(name, path)| (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())).collect()
}

#[test]
fn every_pinned_frame_and_command_fits_its_schema_and_every_message_is_pinned() {
    let mut seen = BTreeSet::new();
    for (prefix, kind, tag) in
        [("frame_", "frame", "type"), ("command_", "command", "op"), ("seed_", "seed_frame", "type")]
    {
        for (name, value) in golden(prefix) {
            let key = match value[tag].as_str() {
                Some(word) => format!("{kind}.{word}"),
                None => name,
            };
            check_message(&key, &value);
            seen.insert(key);
        }
    }
    let messages = ASYNCAPI["components"]["messages"].as_object().unwrap();
    assert_eq!(messages.keys().cloned().collect::<BTreeSet<_>>(), seen);
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    for part in http_api::asyncapi_json().split("\"$ref\"").skip(1) {
        let reference = part.split('"').nth(1).unwrap();
        assert!(ASYNCAPI.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn both_sockets_are_described_with_what_goes_in_and_out() {
    assert_eq!(ASYNCAPI["asyncapi"], "3.0.0");
    for (operation, action, channel) in [
        ("receiveCommand", "receive", "gateway"),
        ("sendFrame", "send", "gateway"),
        ("receiveSeedCommand", "receive", "seed"),
        ("sendSeedFrame", "send", "seed"),
    ] {
        let operation = &ASYNCAPI["operations"][operation];
        assert_eq!(
            (&operation["action"], &operation["channel"]["$ref"]),
            (&action.into(), &format!("#/channels/{channel}").into())
        );
        assert!(!operation["messages"].as_array().unwrap().is_empty());
    }
    assert_eq!(ASYNCAPI["channels"]["gateway"]["address"], "/api/v1/gateway");
}

#[tokio::test]
async fn the_document_is_served_like_the_other() {
    let server = Server::start().await;
    let response = server.http.get(server.url("/api/asyncapi.json")).send().await.unwrap();
    assert!(response.headers().contains_key("etag"));
    assert_eq!(response.json::<Value>().await.unwrap(), *ASYNCAPI);
}
