//! Who may do what, as one table of every endpoint and every op of the gateway, walked against a real server.
//!
//! `authorization.txt` has a row for each and a column for each kind of caller. Cells are a status, with the code where it
//! is an error; for ops `ok`, the code of an error, or the code that the connection is closed with.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::model::{Membership, Role, Username};
use domain::port::AccessClaims;
use domain::usecase::{Register, disable_user, register};
use http_api::{HttpOptions, Limits};
use serde_json::{Value, json};

use crate::gateway_client::{Gateway, PATH, PROTOCOL};
use crate::schema::ASYNCAPI;
use crate::server::{PASSWORD, Person, Server};

const TABLE: &str = include_str!("authorization.txt");

/// The callers, in the order of the columns. `member`, `moderator` and `owner` belong to a private room; `outsider` and
/// `admin`, who administers the server, don't; `visitor` and `visiting_admin` look at a public room they don't belong to.
const CALLERS: [&str; 11] = [
    "anonymous",
    "expired",
    "revoked",
    "disabled",
    "outsider",
    "admin",
    "member",
    "moderator",
    "owner",
    "visitor",
    "visiting_admin",
];

struct Scene {
    server: Server,
    people: Vec<(&'static str, Person)>,
    team: String,
    /// For each caller a message of their own to try things on, in the room they act in.
    messages: Vec<String>,
    members_session: String,
}

impl Scene {
    async fn set() -> Self {
        let limits = Limits { sends_per_second: 0, commands_per_second: 0, ..Limits::default() };
        let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
        let mut people = vec![("anonymous", Person { id: String::new(), token: String::new() })];
        for name in &CALLERS[1..] {
            people.push((name, sign_up(&server, name).await));
        }
        let mut scene =
            Self { server, people, team: String::new(), messages: Vec::new(), members_session: String::new() };
        let owner = scene.person("owner").clone();
        scene.server.room(&owner, "square", "public").await;
        let team = scene.server.room(&owner, "team", "private").await;
        team["_id"].as_str().unwrap().clone_into(&mut scene.team);
        for (name, role) in [("member", Role::Member), ("moderator", Role::Moderator)] {
            let user_id = scene.person(name).id.parse().unwrap();
            let room_id = scene.team.parse().unwrap();
            let membership = Membership { room_id, user_id, role, joined_at: scene.server.ports.clock.now() };
            scene.server.ports.memberships.join(membership).await.unwrap();
        }
        for caller in CALLERS {
            let message = scene.post_for(caller).await;
            scene.messages.push(message);
        }
        scene.members_session = scene.session_of("member").await;
        scene.shut_out().await;
        scene
    }

    /// Makes the credentials of those worthless who had good ones.
    async fn shut_out(&mut self) {
        let ports = self.server.ports.clone();
        disable_user(&ports, &Username::parse("disabled").unwrap()).await.unwrap();
        let revoked = self.session_of("revoked").await.parse().unwrap();
        ports.sessions.revoke(self.person("revoked").id.parse().unwrap(), revoked).await.unwrap();
        let now = ports.clock.now();
        let claims = AccessClaims {
            user_id: self.person("expired").id.parse().unwrap(),
            session_id: self.session_of("expired").await.parse().unwrap(),
            issued_at: now,
            expires_at: now,
        };
        self.server.clock.advance(Duration::from_secs(1));
        let token = ports.access_tokens.issue(&claims).reveal().to_owned();
        let expired = self.people.iter_mut().find(|(name, _)| *name == "expired").unwrap();
        expired.1.token = token;
    }

    fn person(&self, name: &str) -> &Person {
        &self.people.iter().find(|(other, _)| *other == name).unwrap().1
    }

    async fn session_of(&self, name: &str) -> String {
        let sessions = self.server.ports.sessions.list(self.person(name).id.parse().unwrap()).await.unwrap();
        sessions[0].id.to_string()
    }

    /// Gives the room that a caller acts in.
    fn room_of(&self, caller: &str) -> &str {
        if caller.starts_with("visit") { "square" } else { &self.team }
    }

    /// Posts what a caller tries things on: the member wrote what is in the private room.
    async fn post_for(&self, caller: &str) -> String {
        let room = self.room_of(caller);
        let author = if room == "square" { "owner" } else { "member" };
        let path = format!("/api/v1/rooms/{room}/messages");
        let said = self.server.post(&path, self.person(author), &json!({"content": "text"})).await;
        let message: Value = said.json().await.unwrap();
        message["_id"].as_str().unwrap().to_owned()
    }

    /// Gives the room a caller acts in, and their message there.
    fn place(&self, caller: &str) -> (String, String) {
        let index = CALLERS.iter().position(|other| *other == caller).unwrap();
        (self.room_of(caller).to_owned(), self.messages[index].clone())
    }

    async fn try_route(&self, caller: &str, method: &str, template: &str) -> String {
        let (room, message) = self.place(caller);
        let person = self.person(caller);
        let by_method = if method == "GET" { &room } else { &message };
        let path = [
            ("{room}", &room),
            ("{message_id}", &message),
            ("{id}", by_method),
            ("{session_id}", &self.members_session),
            ("{user}", &self.person("member").id),
            ("{emoji}", &"%F0%9F%91%8D".to_owned()),
        ]
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value));
        let authorization = format!("Bearer {}", person.token);
        if template == PATH || template.starts_with("/chat/ws/") {
            let mut headers = vec![PROTOCOL];
            headers.truncate(usize::from(template == PATH));
            headers.extend((caller != "anonymous").then_some(("authorization", authorization.as_str())));
            return match self.server.try_connect(&path, &headers).await {
                Ok(_) => "101".to_owned(),
                Err((status, problem)) => cell(status, &problem),
            };
        }
        let mut request = self.server.http.request(method.parse().unwrap(), self.server.url(&path));
        if caller != "anonymous" {
            request = request.header("authorization", authorization);
        }
        request = match body(method, template, caller) {
            Some(form @ Value::String(_)) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.as_str().unwrap().to_owned()),
            Some(json) => request.json(&json),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        cell(status, &response.json().await.unwrap_or_default())
    }

    async fn try_op(&self, caller: &str, op: &str) -> String {
        let (room, message) = self.place(caller);
        let command = command(op, &room, &message, caller);
        if caller == "anonymous" {
            let mut socket = self.server.try_connect(PATH, &[PROTOCOL]).await.unwrap();
            socket.send(&command.to_string()).await;
            return socket.closed().await.to_string();
        }
        let authorization = format!("Bearer {}", self.person(caller).token);
        let headers = [PROTOCOL, ("authorization", authorization.as_str())];
        let mut gateway = match self.server.try_connect(PATH, &headers).await {
            Ok(socket) => Gateway::on(socket),
            Err((status, problem)) => return cell(status, &problem),
        };
        let id = gateway.send(command).await;
        let frames = gateway.drain().await;
        let error = frames.iter().find(|frame| frame["id"] == id && frame["type"] == "error");
        error.map_or("ok", |error| error["code"].as_str().unwrap()).to_owned()
    }
}

async fn sign_up(server: &Server, name: &str) -> Person {
    let username = Username::parse(name).unwrap();
    let password = domain::model::Password::parse(PASSWORD).unwrap();
    let input = Register { username, password, email: None, is_admin: name.ends_with("admin") };
    let id = register(&server.ports, input).await.unwrap().id.to_string();
    Person { id, token: server.log_in(name).await }
}

fn cell(status: u16, problem: &Value) -> String {
    match problem["code"].as_str() {
        Some(code) if status >= 400 => format!("{status}:{code}"),
        _ => status.to_string(),
    }
}

/// Gives a body that is all right, a text for a form.
fn body(method: &str, template: &str, caller: &str) -> Option<Value> {
    Some(match (method, template) {
        ("POST", "/users/") => json!({"username": format!("{caller}_2"), "password": PASSWORD}),
        ("POST", "/token") => json!(format!("username=member&password={}", PASSWORD.replace(' ', "+"))),
        ("POST", "/api/v1/sessions") => json!({"username": "member", "password": PASSWORD}),
        ("POST", "/api/v1/setup") => json!({"token": "x", "username": "root", "password": PASSWORD}),
        ("POST", "/api/v1/rooms") => json!({"name": format!("of_{caller}"), "kind": "public"}),
        ("POST", "/api/v1/rooms/{room}/messages") => json!({"content": "text"}),
        ("PATCH", "/api/v1/rooms/{room}") => json!({"edit_window_seconds": 600}),
        ("PUT", "/api/v1/rooms/{room}/marker") => json!({"seq": 1}),
        ("PATCH", "/api/v1/messages/{message_id}") => json!({"content": "other", "version": 1}),
        ("PATCH", "/api/v1/users/me") => json!({"privacy": {"typing": true, "receipts": true, "presence": true}}),
        ("PUT", "/api/v1/users/me/presence") => json!({"status": "dnd"}),
        _ => return None,
    })
}

/// Gives a command that is all right.
fn command(op: &str, room: &str, message: &str, caller: &str) -> Value {
    let mut command = match op {
        "auth" => json!({"token": "nonsense"}),
        "sync" | "ping" | "pong" => json!({}),
        "send" => json!({"room": room, "nonce": format!("n-{caller}"), "content": "text"}),
        "edit" => json!({"message": message, "content": "other", "version": 1}),
        "delete" => json!({"message": message}),
        "react" | "unreact" => json!({"message": message, "emoji": "👍"}),
        "mark" => json!({"room": room, "seq": 1}),
        "typing" => json!({"room": room, "on": true}),
        "focus" => json!({"room": room}),
        "presence" => json!({"status": "dnd"}),
        other => panic!("the test knows no command {other}"),
    };
    command["op"] = op.into();
    command
}

/// The table's rows: what is done, and a cell for each caller.
fn rows() -> Vec<(String, Vec<String>)> {
    let mut lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let heads: Vec<_> = lines.next().unwrap().split_whitespace().skip(2).collect();
    assert_eq!(heads, CALLERS);
    let row = |line: &str| {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        (words[..2].join(" "), words[2..].to_vec())
    };
    lines.map(row).collect()
}

#[test]
fn every_endpoint_and_every_op_has_a_row() {
    let openapi: Value = serde_json::from_str(&http_api::openapi_json()).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"].iter().filter(|method| item.get(**method).is_some()) {
            expected.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let messages = ASYNCAPI["components"]["messages"].as_object().unwrap();
    expected.extend(messages.keys().filter_map(|key| key.strip_prefix("command.")).map(|op| format!("op {op}")));
    let found: BTreeSet<_> = rows().into_iter().map(|(what, _)| what).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for (what, cells) in rows() {
        assert_eq!(cells.len(), CALLERS.len(), "{what}");
        let scene = Scene::set().await;
        let (method, target) = what.split_once(' ').unwrap();
        for (caller, expected) in CALLERS.iter().zip(&cells) {
            let found = match method {
                "op" => scene.try_op(caller, target).await,
                _ => scene.try_route(caller, method, target).await,
            };
            if found != *expected {
                wrong.push(format!("{what}: {caller} gets {found}, the table says {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
