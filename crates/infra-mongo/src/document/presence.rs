//! What is kept about presence, as MongoDB keeps it: a part of the account, and of what nodes tell each other.

use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use domain::model::{Availability, ChosenPresence, StatusText, StoredPresence, UserId};
use domain::port::RepositoryError;
use serde::Deserialize;

use super::{from_time, id_of, to_time};
use crate::error::corrupt;

/// What a user chose to be shown as.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PresenceDocument {
    availability: String,
    text: Option<String>,
    until: Option<DateTime>,
}

/// The part of an account that is about presence.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SeenDocument {
    #[serde(rename = "_id")]
    id: ObjectId,
    presence: Option<PresenceDocument>,
    last_seen_at: Option<DateTime>,
}

/// Writes what a user chose.
pub(crate) fn write_chosen(chosen: &ChosenPresence) -> Document {
    let mut document = doc! { "availability": chosen.availability.as_str() };
    if let Some(text) = &chosen.text {
        document.insert("text", text.as_str());
    }
    if let Some(until) = chosen.until {
        document.insert("until", from_time(until));
    }
    document
}

impl TryFrom<PresenceDocument> for ChosenPresence {
    type Error = RepositoryError;

    fn try_from(document: PresenceDocument) -> Result<Self, RepositoryError> {
        let availability: Result<Availability, _> = document.availability.parse();
        let text = document.text.as_deref().map(StatusText::parse).transpose();
        Ok(Self {
            availability: availability.map_err(|_| corrupt("availability"))?,
            text: text.map_err(|_| corrupt("status text"))?,
            until: document.until.map(to_time),
        })
    }
}

impl TryFrom<SeenDocument> for StoredPresence {
    type Error = RepositoryError;

    fn try_from(document: SeenDocument) -> Result<Self, RepositoryError> {
        let chosen = document.presence.map(ChosenPresence::try_from).transpose()?;
        Ok(Self {
            user_id: UserId::new(id_of(document.id)),
            chosen: chosen.unwrap_or_default(),
            last_seen_at: document.last_seen_at.map(to_time),
        })
    }
}
