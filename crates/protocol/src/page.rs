//! Lists and windows on timelines.

use domain::model::{ChangesPage, Epoch, MessagePage, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageDto;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListDto<T> {
    /// The items, in the order the endpoint describes.
    pub items: Vec<T>,
    /// What to send as `cursor` for the following page; null after the last.
    pub next: Option<String>,
}

/// A window on a room's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagePageDto {
    /// The messages and tombstones, ascending by `seq`, without gaps.
    pub items: Vec<MessageDto>,
    /// The number of the room's newest message; 0 before the first.
    pub head_seq: u64,
    /// The number of the newest change to the timeline; 0 before the first.
    pub head_rev: u64,
    /// Whether there are messages before the first item.
    pub has_before: bool,
    /// Whether there are messages after the last item.
    pub has_after: bool,
}

impl MessagePageDto {
    /// Gives a page as `viewer` sees it. `room` is the room's label.
    pub fn new(page: &MessagePage, room: &str, viewer: UserId) -> Self {
        Self {
            items: page.items.iter().map(|message| MessageDto::new(message, room, Some(viewer))).collect(),
            head_seq: page.head.seq.get(),
            head_rev: page.head.rev.get(),
            has_before: page.has_before,
            has_after: page.has_after,
        }
    }
}

/// What changed in a room's timeline: each message once, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangesDto {
    /// The messages and tombstones, ascending by `rev`.
    pub items: Vec<MessageDto>,
    /// The number of the newest change to the timeline; 0 before the first.
    pub head_rev: u64,
    /// Names the data set; numbers of another one mean nothing here.
    pub epoch: String,
    /// Whether to ask again after the last item's `rev`.
    pub more: bool,
}

impl ChangesDto {
    /// Gives changes as `viewer` sees them. `room` is the room's label.
    pub fn new(changes: &ChangesPage, epoch: &Epoch, room: &str, viewer: UserId) -> Self {
        Self {
            items: changes.items.iter().map(|message| MessageDto::new(message, room, Some(viewer))).collect(),
            head_rev: changes.head.rev.get(),
            epoch: epoch.as_str().to_owned(),
            more: changes.more,
        }
    }
}
