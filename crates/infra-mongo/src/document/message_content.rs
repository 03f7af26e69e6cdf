//! What can be read of a message, as MongoDB keeps it.

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use domain::model::{
    Emoji, Mentions, MessageBody, MessageContent, MessageVersion, Pin, Reaction, Reactions, UserId, Version,
};
use domain::port::RepositoryError;
use serde::{Deserialize, Serialize};

use super::message::MessageDocument;
use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

/// Whoever is called by a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Target {
    /// Somebody by name.
    User(ObjectId),
    /// Everybody, by one of two words.
    Everybody(String),
}

/// The words for everybody, and for everybody who is there.
pub(crate) const ROOM: &str = "room";
pub(crate) const HERE: &str = "here";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReactionDocument {
    emoji: String,
    users: Vec<ObjectId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PinDocument {
    at: DateTime,
    by: ObjectId,
}

/// A text that was replaced.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct VersionDocument {
    version: i32,
    pub(crate) content: String,
    since: DateTime,
}

/// Gives whom a message calls.
pub(crate) fn targets(mentions: &Mentions) -> Vec<Target> {
    let users = mentions.users.iter().map(|user| Target::User(oid(user.id())));
    let everybody = [(mentions.room, ROOM), (mentions.here, HERE)];
    let everybody = everybody.into_iter().filter(|(called, _)| *called);
    users.chain(everybody.map(|(_, word)| Target::Everybody(word.to_owned()))).collect()
}

impl From<Target> for Bson {
    fn from(target: Target) -> Self {
        match target {
            Target::User(id) => id.into(),
            Target::Everybody(word) => word.into(),
        }
    }
}

/// Writes the reactions to a message.
pub(crate) fn write_reactions(reactions: &Reactions) -> Vec<Document> {
    let write = |reaction: &Reaction| {
        let users: Vec<ObjectId> = reaction.users.iter().map(|user| oid(user.id())).collect();
        doc! { "emoji": reaction.emoji.as_str(), "users": users }
    };
    reactions.as_slice().iter().map(write).collect()
}

/// Writes who pinned a message.
pub(crate) fn write_pin(pin: &Pin) -> Document {
    doc! { "at": from_time(pin.at), "by": oid(pin.by.id()) }
}

/// Writes a text that was replaced.
pub(crate) fn write_version(version: &MessageVersion) -> Document {
    doc! {
        "version": version.version.get().cast_signed(),
        "content": version.body.as_str(),
        "since": from_time(version.since),
    }
}

/// Reads what can be read of a message besides its text.
pub(crate) fn content_of(body: MessageBody, document: &MessageDocument) -> Result<MessageContent, RepositoryError> {
    Ok(MessageContent {
        body,
        version: document.version.map_or(Ok(Version::FIRST), version)?,
        edited_at: document.edited_at.map(to_time),
        mentions: mentions(&document.mentions),
        reactions: reactions(&document.reactions)?,
        pin: document.pin.as_ref().map(Pin::from),
    })
}

fn version(number: i32) -> Result<Version, RepositoryError> {
    let number = u64::try_from(number).ok().and_then(|number| Version::new(number).ok());
    number.ok_or_else(|| corrupt("version"))
}

fn mentions(targets: &[Target]) -> Mentions {
    let calls = |word: &str| targets.iter().any(|target| matches!(target, Target::Everybody(found) if found == word));
    let user = |target: &Target| match target {
        Target::User(id) => Some(UserId::new(id_of(*id))),
        Target::Everybody(_) => None,
    };
    Mentions { users: targets.iter().filter_map(user).collect(), room: calls(ROOM), here: calls(HERE) }
}

fn reactions(documents: &[ReactionDocument]) -> Result<Reactions, RepositoryError> {
    let reaction = |document: &ReactionDocument| {
        Ok(Reaction {
            emoji: Emoji::parse(&document.emoji).map_err(|_| corrupt("emoji"))?,
            users: document.users.iter().map(|user| UserId::new(id_of(*user))).collect(),
        })
    };
    documents.iter().map(reaction).collect::<Result<_, _>>().map(Reactions::from_stored)
}

impl From<&PinDocument> for Pin {
    fn from(document: &PinDocument) -> Self {
        Self { at: to_time(document.at), by: UserId::new(id_of(document.by)) }
    }
}

impl TryFrom<VersionDocument> for MessageVersion {
    type Error = RepositoryError;

    fn try_from(document: VersionDocument) -> Result<Self, RepositoryError> {
        Ok(Self {
            version: version(document.version)?,
            body: MessageBody::parse(document.content).map_err(|_| corrupt("message text"))?,
            since: to_time(document.since),
        })
    }
}
