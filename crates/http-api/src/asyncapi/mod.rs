//! The AsyncAPI 3.0 document: both sockets, made from the types that are written to and read from them.

mod channels;
mod messages;

use protocol::{CommandId, GatewayCommandDto, GatewayFrame, SeedCommandDto, SeedFrame};
use serde_json::{Value, json};
use utoipa::OpenApi as _;

use self::channels::{Direction, channel, operation};
use self::messages::Messages;

/// Every shape that a frame or command has or contains.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(GatewayFrame, GatewayCommandDto, CommandId, SeedFrame, SeedCommandDto)))]
struct Shapes;

const ABOUT: &str = "The sockets of Chinwag, a self-hosted real-time chat: the gateway, which carries everything a user \
    can see, and the socket of the seed application, which carries one room. Both carry JSON in text frames. Readers \
    ignore types and keys they don't know.";

/// Gives the document of that version as JSON text.
pub(crate) fn document(version: &str) -> String {
    let shapes = serde_json::to_value(Shapes::openapi().components).unwrap_or_default();
    let schemas = &shapes["schemas"];
    let frames = Messages::tagged(schemas, "GatewayFrame", "type").named("frame");
    let commands = Messages::tagged(schemas, "GatewayCommandDto", "op").named("command").with_ids();
    let seed_frames = Messages::tagged(schemas, "SeedFrame", "type").named("seed_frame");
    let seed_commands = Messages::single("seed_command", "SeedCommandDto", "A message to be posted.");
    let document = json!({
        "asyncapi": "3.0.0",
        "info": { "title": "Chinwag", "version": version, "description": ABOUT },
        "defaultContentType": "application/json",
        "servers": {
            "local": { "host": "127.0.0.1:8000", "protocol": "ws", "description": "A server as it starts." },
        },
        "channels": {
            "gateway": channel(&channels::GATEWAY, &[&frames, &commands]),
            "seed": channel(&channels::SEED, &[&seed_frames, &seed_commands]),
        },
        "operations": {
            "receiveCommand": operation(Direction::Receive, "gateway", &commands),
            "sendFrame": operation(Direction::Send, "gateway", &frames),
            "receiveSeedCommand": operation(Direction::Receive, "seed", &seed_commands),
            "sendSeedFrame": operation(Direction::Send, "seed", &seed_frames),
        },
        "components": {
            "messages": Value::Object(
                [frames, commands, seed_frames, seed_commands].into_iter().flat_map(Messages::into_components).collect(),
            ),
            "schemas": schemas,
        },
    });
    // Maps with text keys always have a JSON form.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}
