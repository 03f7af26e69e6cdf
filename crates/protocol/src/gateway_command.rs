//! What a client sends on the gateway.

use domain::model::{
    AccessToken, Availability, ChosenPresence, Emoji, InvalidValue, MessageBody, MessageId, Nonce, RoomId, RoomRef,
    RoomRev, RoomSeq, StatusText, Version,
};
use domain::usecase::{EditMessage, MarkRead, PostMessage};
use domain::{ErrorCode, UseCaseError};
use serde_json::{Map, Value};

use crate::time::parse_time;

/// The most rooms a `sync` can name.
const MAX_ROOMS: usize = 10_000;
/// The most bytes of a command's `id`.
const MAX_ID_BYTES: usize = 64;

/// A command with the name its sender gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewayRequest {
    /// What the reply repeats: a text of at most 64 bytes or a number; none if the sender gave none.
    pub id: Option<Value>,
    /// The command.
    pub command: GatewayCommand,
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayCommand {
    /// Say who one is, on a connection that was opened without saying so.
    Auth {
        /// An access token.
        token: AccessToken,
    },
    /// Begin delivery, or catch up with rooms.
    Sync(SyncCommand),
    /// Post a message.
    Send(PostMessage),
    /// Replace a message's text.
    Edit(EditMessage),
    /// Delete a message.
    Delete(MessageId),
    /// React to a message.
    React(MessageId, Emoji),
    /// Take a reaction back.
    Unreact(MessageId, Emoji),
    /// Set the read position.
    Mark(MarkRead),
    /// Say whether one is writing.
    Typing {
        /// Where.
        room: RoomRef,
        /// Whether.
        on: bool,
    },
    /// Say which room one looks at.
    Focus {
        /// Which; none for none.
        room: Option<RoomRef>,
        /// Whether the client is visible.
        visible: bool,
    },
    /// Choose what one is shown as.
    Presence(ChosenPresence),
    /// Ask for a sign of life.
    Ping,
    /// Answer one.
    Pong,
}

/// How far a client has got.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncCommand {
    /// The data set its numbers belong to; none for a client that knows nothing.
    pub epoch: Option<String>,
    /// By room, the last change it knows.
    pub rooms: Vec<(RoomId, RoomRev)>,
    /// The room to begin with.
    pub focus: Option<RoomRef>,
}

/// Why a frame isn't a command.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewayFault {
    /// The command's `id`, as far as it could be read.
    pub id: Option<Value>,
    /// Names the fault for programs.
    pub code: ErrorCode,
    /// Says it to people.
    pub message: String,
}

impl GatewayRequest {
    /// Reads a frame; keys it doesn't know are ignored.
    ///
    /// # Errors
    /// [`GatewayFault`]: `bad_request` for what isn't a command or has fields of a wrong type, `unknown_op`, `invalid`
    /// or `too_long` for a value that breaks a rule.
    pub fn parse(text: &str) -> Result<Self, GatewayFault> {
        let fault = |message: &str| GatewayFault { id: None, code: ErrorCode::BadRequest, message: message.to_owned() };
        let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
            return Err(fault("a frame must be a JSON object like {\"op\":\"ping\",\"id\":1}"));
        };
        let id = match fields.get("id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) if id.len() > MAX_ID_BYTES => {
                return Err(fault("\"id\" must have at most 64 bytes"));
            }
            Some(id @ (Value::String(_) | Value::Number(_))) => Some(id.clone()),
            Some(_) => return Err(fault("\"id\" must be a text or a number")),
        };
        match command(&Fields(&fields)) {
            Ok(command) => Ok(Self { id, command }),
            Err((code, message)) => Err(GatewayFault { id, code, message }),
        }
    }
}

type Fault = (ErrorCode, String);

fn command(fields: &Fields<'_>) -> Result<GatewayCommand, Fault> {
    let op = fields.text("op")?;
    Ok(match op {
        "auth" => GatewayCommand::Auth { token: AccessToken::new(fields.text("token")?) },
        "sync" => GatewayCommand::Sync(sync(fields)?),
        "send" => GatewayCommand::Send(send(fields)?),
        "edit" => GatewayCommand::Edit(EditMessage {
            id: fields.message("message")?,
            body: fields.parsed("content", |text| MessageBody::parse(text))?,
            seen: fields.number("version").and_then(|number| valid("version", Version::new(number)))?,
        }),
        "delete" => GatewayCommand::Delete(fields.message("message")?),
        "react" => GatewayCommand::React(fields.message("message")?, fields.parsed("emoji", Emoji::parse)?),
        "unreact" => GatewayCommand::Unreact(fields.message("message")?, fields.parsed("emoji", Emoji::parse)?),
        "mark" => GatewayCommand::Mark(MarkRead {
            room: fields.room("room")?,
            seq: fields.number("seq").and_then(|number| valid("seq", RoomSeq::new(number)))?,
            back: fields.flag("unread", Some(false))?,
        }),
        "typing" => GatewayCommand::Typing { room: fields.room("room")?, on: fields.flag("on", None)? },
        "focus" => GatewayCommand::Focus {
            room: fields.optional("room", str::parse)?,
            visible: fields.flag("visible", Some(true))?,
        },
        "presence" => GatewayCommand::Presence(presence(fields)?),
        "ping" => GatewayCommand::Ping,
        "pong" => GatewayCommand::Pong,
        _ => return Err((ErrorCode::UnknownOp, "there is no such op".to_owned())),
    })
}

fn send(fields: &Fields<'_>) -> Result<PostMessage, Fault> {
    if fields.0.get("attachments").is_some_and(|list| list.as_array().is_none_or(|list| !list.is_empty())) {
        return Err((ErrorCode::Invalid, "\"attachments\" can't be sent to this server".to_owned()));
    }
    Ok(PostMessage {
        room: fields.room("room")?,
        nonce: Some(fields.parsed("nonce", Nonce::parse)?),
        body: fields.parsed("content", |text| MessageBody::parse(text))?,
        reply_to: fields.optional_message("reply_to")?,
        thread: fields.optional_message("thread")?,
    })
}

fn sync(fields: &Fields<'_>) -> Result<SyncCommand, Fault> {
    let epoch = match fields.0.get("epoch") {
        None | Some(Value::Null) => None,
        Some(_) => Some(fields.text("epoch")?.to_owned()),
    };
    let rooms = match fields.0.get("rooms") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(rooms)) if rooms.len() > MAX_ROOMS => {
            return Err((ErrorCode::TooMany, format!("\"rooms\" can name at most {MAX_ROOMS} rooms")));
        }
        Some(Value::Object(rooms)) => rooms.iter().map(position).collect::<Result<_, _>>()?,
        Some(_) => return Err(bad("\"rooms\" must be an object from room ids to numbers")),
    };
    Ok(SyncCommand { epoch, rooms, focus: fields.optional("focus", str::parse)? })
}

fn position((room, rev): (&String, &Value)) -> Result<(RoomId, RoomRev), Fault> {
    let id = room.parse().map_err(|error| (ErrorCode::Invalid, format!("a key of \"rooms\": {error}")))?;
    let rev = rev.as_u64().ok_or_else(|| bad("a value of \"rooms\" must be a whole number"))?;
    Ok((id, valid("rooms", RoomRev::new(rev))?))
}

fn presence(fields: &Fields<'_>) -> Result<ChosenPresence, Fault> {
    let until = match fields.0.get("until") {
        None | Some(Value::Null) => None,
        Some(_) => {
            let time = parse_time(fields.text("until")?);
            Some(time.ok_or_else(|| (ErrorCode::Invalid, "\"until\" must be a time in RFC 3339".to_owned()))?)
        }
    };
    Ok(ChosenPresence {
        availability: fields.parsed("status", str::parse::<Availability>)?,
        text: fields.optional("text", StatusText::parse)?,
        until,
    })
}

fn bad(message: &str) -> Fault {
    (ErrorCode::BadRequest, message.to_owned())
}

fn valid<T>(name: &str, parsed: Result<T, InvalidValue>) -> Result<T, Fault> {
    parsed.map_err(|error| (error.code(), format!("\"{name}\" {error}")))
}

/// The fields of a command.
struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn text(&self, name: &str) -> Result<&'a str, Fault> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| bad(&format!("\"{name}\" must be a text")))
    }

    fn number(&self, name: &str) -> Result<u64, Fault> {
        let number = self.0.get(name).and_then(Value::as_u64);
        number.ok_or_else(|| bad(&format!("\"{name}\" must be a whole number that isn't negative")))
    }

    /// Reads `true` or `false`; a flag without default has to be there.
    fn flag(&self, name: &str, default: Option<bool>) -> Result<bool, Fault> {
        let found = match self.0.get(name) {
            None | Some(Value::Null) => default,
            Some(value) => value.as_bool(),
        };
        found.ok_or_else(|| bad(&format!("\"{name}\" must be true or false")))
    }

    fn parsed<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>) -> Result<T, Fault> {
        valid(name, parse(self.text(name)?))
    }

    fn optional<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>) -> Result<Option<T>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.parsed(name, parse).map(Some),
        }
    }

    fn room(&self, name: &str) -> Result<RoomRef, Fault> {
        self.parsed(name, str::parse)
    }

    fn message(&self, name: &str) -> Result<MessageId, Fault> {
        self.text(name)?.parse().map_err(|error| (ErrorCode::Invalid, format!("\"{name}\": {error}")))
    }

    fn optional_message(&self, name: &str) -> Result<Option<MessageId>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.message(name).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (ErrorCode, String) {
        let fault = GatewayRequest::parse(text).unwrap_err();
        (fault.code, fault.message)
    }

    #[test]
    fn a_command_is_read_whatever_other_keys_it_has() {
        let text = r#"{"op":"mark","id":"a1","room":"general","seq":7,"colour":"red"}"#;
        let request = GatewayRequest::parse(text).unwrap();
        assert_eq!(request.id, Some("a1".into()));
        let mark = MarkRead { room: "general".parse().unwrap(), seq: RoomSeq::new(7).unwrap(), back: false };
        assert_eq!(request.command, GatewayCommand::Mark(mark));
        assert_eq!(GatewayRequest::parse(r#"{"op":"ping"}"#).unwrap().id, None);
    }

    #[test]
    fn a_sync_names_rooms_by_id() {
        let text = r#"{"op":"sync","epoch":"e","rooms":{"000102030405060708090a0b":12},"focus":"general"}"#;
        let GatewayCommand::Sync(sync) = GatewayRequest::parse(text).unwrap().command else { panic!("not a sync") };
        assert_eq!(sync.rooms[0].1.get(), 12);
        assert!(GatewayRequest::parse(r#"{"op":"sync"}"#).is_ok());
    }

    #[test]
    fn what_is_not_a_command_is_a_bad_request() {
        for text in [
            "",
            "[]",
            "null",
            "{",
            r#"{"op":5}"#,
            r#"{"id":1}"#,
            r#"{"op":"ping","id":[]}"#,
            r#"{"op":"send","room":{"$ne":1},"nonce":"n","content":"a"}"#,
            r#"{"op":"mark","room":"general","seq":-1}"#,
            r#"{"op":"mark","room":"general","seq":1.5}"#,
            r#"{"op":"typing","room":"general"}"#,
            r#"{"op":"sync","rooms":[]}"#,
        ] {
            assert_eq!(fault(text).0, ErrorCode::BadRequest, "{text}");
        }
        assert_eq!(fault(r#"{"op":"dance"}"#).0, ErrorCode::UnknownOp);
    }

    #[test]
    fn a_value_that_breaks_a_rule_is_named_with_its_field() {
        let id = "000102030405060708090a0b";
        for (text, code) in [
            (r#"{"op":"send","room":"general","nonce":"a b","content":"a"}"#.to_owned(), ErrorCode::Invalid),
            (r#"{"op":"send","room":"general","nonce":"n","content":" "}"#.to_owned(), ErrorCode::Invalid),
            (format!(r#"{{"op":"react","message":"{id}","emoji":"a.b$c"}}"#), ErrorCode::Invalid),
            (r#"{"op":"react","message":"x","emoji":"👍"}"#.to_owned(), ErrorCode::Invalid),
            (format!(r#"{{"op":"edit","message":"{id}","content":"a","version":0}}"#), ErrorCode::Invalid),
            (
                format!(r#"{{"op":"edit","message":"{id}","content":"{}","version":1}}"#, "a".repeat(4001)),
                ErrorCode::TooLong,
            ),
            (r#"{"op":"presence","status":"dead"}"#.to_owned(), ErrorCode::Invalid),
            (r#"{"op":"presence","status":"dnd","until":"soon"}"#.to_owned(), ErrorCode::Invalid),
            (r#"{"op":"sync","rooms":{"general":1}}"#.to_owned(), ErrorCode::Invalid),
        ] {
            assert_eq!(fault(&text).0, code, "{text}");
        }
        let named = GatewayRequest::parse(r#"{"op":"send","id":7,"room":"general","nonce":"n"}"#).unwrap_err();
        assert_eq!((named.id, named.message.as_str()), (Some(7.into()), "\"content\" must be a text"));
    }
}
