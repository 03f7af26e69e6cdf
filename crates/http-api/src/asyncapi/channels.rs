//! The two sockets as channels, and what is sent and received on them.

use serde_json::{Map, Value, json};

use super::messages::Messages;

/// A socket.
pub(super) struct Socket {
    address: &'static str,
    title: &'static str,
    description: &'static str,
    /// Parts of the path with what they are.
    parameters: &'static [(&'static str, &'static str)],
    /// Headers of the handshake with what they are.
    headers: &'static [(&'static str, &'static str)],
    /// Parameters of the query with what they are.
    query: &'static [(&'static str, &'static str)],
}

const AUTHORIZATION: (&str, &str) = ("Authorization", "`Bearer` and an access token, where headers can be sent.");

pub(super) const GATEWAY: Socket = Socket {
    address: "/api/v1/gateway",
    title: "The gateway",
    description: "One connection for everything a user can see. The client says who it is with the handshake (a ticket \
        or a token) or in its first frame, `auth`, within 5 seconds; it gets `hello`; it sends `sync`, and gets `state`, \
        what it missed of each room (`changes` or `reset`) and `synced`; from there on everything is live. A frame from \
        the server may also be an array of frames. The reply to a command with an `id` is `ok` or `error` with the \
        same `id`.",
    parameters: &[],
    headers: &[
        (
            "Sec-WebSocket-Protocol",
            "`chinwag.v1`, or `chinwag.v1, ticket.TICKET` with a ticket of `POST /api/v1/gateway-tickets`.",
        ),
        AUTHORIZATION,
    ],
    query: &[],
};

pub(super) const SEED: Socket = Socket {
    address: "/chat/ws/{room}",
    title: "The seed's socket",
    description: "One room, as the original application had it. Connecting to a public room makes the caller a member.",
    parameters: &[("room", "The room's name or id.")],
    headers: &[AUTHORIZATION],
    query: &[("token", "An access token, where no header can be sent.")],
};

/// Which way messages go, as the server sees it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Direction {
    Send,
    Receive,
}

/// Describes a socket with everything that passes it.
pub(super) fn channel(socket: &Socket, passing: &[&Messages]) -> Value {
    let reference = |key: &str| (key.to_owned(), json!({ "$ref": format!("#/components/messages/{key}") }));
    let messages: Map<String, Value> = passing.iter().flat_map(|messages| messages.keys()).map(reference).collect();
    let parameter = |(name, about): &(&str, &str)| ((*name).to_owned(), json!({ "description": about }));
    let parameters: Map<String, Value> = socket.parameters.iter().map(parameter).collect();
    json!({
        "address": socket.address,
        "title": socket.title,
        "description": socket.description,
        "messages": messages,
        "parameters": parameters,
        "bindings": { "ws": {
            "method": "GET",
            "headers": texts(socket.headers),
            "query": texts(socket.query),
            "bindingVersion": "0.1.0",
        } },
    })
}

/// Describes what the server does with some messages of a channel.
pub(super) fn operation(direction: Direction, channel: &str, messages: &Messages) -> Value {
    let (action, summary) = match direction {
        Direction::Send => ("send", "What the server sends."),
        Direction::Receive => ("receive", "What clients send."),
    };
    let of_channel = |key: &str| json!({ "$ref": format!("#/channels/{channel}/messages/{key}") });
    json!({
        "action": action,
        "summary": summary,
        "channel": { "$ref": format!("#/channels/{channel}") },
        "messages": messages.keys().map(of_channel).collect::<Vec<_>>(),
    })
}

fn texts(named: &[(&str, &str)]) -> Value {
    let text = |(name, about): &(&str, &str)| ((*name).to_owned(), json!({ "type": "string", "description": about }));
    json!({ "type": "object", "properties": named.iter().map(text).collect::<Map<_, _>>() })
}
