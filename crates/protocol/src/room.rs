//! Rooms and their members on the wire.

use domain::model::{EditWindow, Member, RoomOverview};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::format_time;

/// A room as the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomDto {
    /// Names the room for ever.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its name; null for direct and group conversations.
    pub name: Option<String>,
    /// `public`, `private`, `announce`, `direct`, `group` or `self`.
    pub kind: String,
    /// What it is about; may be empty.
    pub topic: String,
    /// When it became read-only; null while it isn't.
    pub archived_at: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// How many members it has.
    pub member_count: u64,
    /// The number of its newest message; 0 before the first.
    pub head_seq: u64,
    /// The number of the newest change to its timeline; 0 before the first.
    pub head_rev: u64,
    /// `owner`, `admin`, `moderator`, `member` or `guest`; absent if the caller isn't a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For how many seconds messages can be edited after they were posted; absent if for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_window_seconds: Option<u32>,
    /// The last message the caller has read, 0 for none; absent if the caller isn't a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_seq: Option<u64>,
    /// How many messages after it others wrote and didn't delete; absent if the caller isn't a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
    /// How many of those call the caller; absent if the caller isn't a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentions: Option<u64>,
}

/// What is to be changed about a room; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UpdateRoomDto {
    /// For how many seconds messages can be edited after they were posted, 0–31,536,000; null for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_window_seconds: Option<u64>,
}

impl From<&RoomOverview> for RoomDto {
    fn from(overview: &RoomOverview) -> Self {
        let room = &overview.access.room;
        Self {
            id: room.id.to_string(),
            name: room.name.as_ref().map(|name| name.as_str().to_owned()),
            kind: room.kind.as_str().to_owned(),
            topic: room.topic.as_str().to_owned(),
            archived_at: room.archived_at.map(format_time),
            created_at: format_time(room.created_at),
            member_count: overview.member_count,
            head_seq: overview.head.seq.get(),
            head_rev: overview.head.rev.get(),
            role: overview.access.membership.as_ref().map(|membership| membership.role.as_str().to_owned()),
            edit_window_seconds: room.edit_window.map(EditWindow::seconds),
            read_seq: overview.read_state.map(|state| state.read_seq.get()),
            unread: overview.read_state.map(|state| state.unread),
            mentions: overview.read_state.map(|state| state.mentions),
        }
    }
}

/// A room to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateRoomDto {
    /// 1–64 letters, digits, `-` and `_`, beginning with a letter or digit; kept in lower case.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// `public`, `private` or `announce`.
    pub kind: String,
    /// One line of at most 250 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 250)]
    pub topic: Option<String>,
}

/// Somebody who belongs to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberDto {
    /// Who.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// `owner`, `admin`, `moderator`, `member` or `guest`.
    pub role: String,
    /// When they joined.
    pub joined_at: String,
}

impl From<&Member> for MemberDto {
    fn from(member: &Member) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            username: member.username.as_str().to_owned(),
            role: member.role.as_str().to_owned(),
            joined_at: format_time(member.joined_at),
        }
    }
}
