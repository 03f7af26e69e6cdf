//! Presence and privacy on the wire.

use domain::model::{ChosenPresence, Privacy, Status, StatusText, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::format_time;

/// What others see of a user's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PresenceDto {
    /// `online`, `idle`, `dnd` or `offline`.
    pub status: String,
    /// What they are doing; absent if they don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When they were last seen; absent while they are there, and if they never were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<String>,
}

impl PresenceDto {
    /// Gives a presence.
    pub fn new(status: Status, text: Option<&StatusText>, last_seen_at: Option<Timestamp>) -> Self {
        Self {
            status: status.as_str().to_owned(),
            text: text.map(|text| text.as_str().to_owned()),
            last_seen_at: last_seen_at.map(format_time),
        }
    }
}

/// What a user chose to be shown as, on all their devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChosenPresenceDto {
    /// `online`, `idle`, `dnd` or `invisible`.
    pub status: String,
    /// What they are doing, at most 100 characters; absent if they don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When `status` goes back to `online` and `text` goes away; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl From<&ChosenPresence> for ChosenPresenceDto {
    fn from(chosen: &ChosenPresence) -> Self {
        Self {
            status: chosen.availability.as_str().to_owned(),
            text: chosen.text.as_ref().map(|text| text.as_str().to_owned()),
            until: chosen.until.map(format_time),
        }
    }
}

/// What a user shows of themselves; what they don't show they aren't shown of others either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrivacyDto {
    /// That they are writing.
    pub typing: bool,
    /// How far they have read.
    pub receipts: bool,
    /// Whether they are there.
    pub presence: bool,
}

impl From<Privacy> for PrivacyDto {
    fn from(Privacy { typing, receipts, presence }: Privacy) -> Self {
        Self { typing, receipts, presence }
    }
}

impl From<PrivacyDto> for Privacy {
    fn from(PrivacyDto { typing, receipts, presence }: PrivacyDto) -> Self {
        Self { typing, receipts, presence }
    }
}
