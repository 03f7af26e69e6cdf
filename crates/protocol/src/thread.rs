//! Threads on the wire.

use domain::model::UserId;
use domain::usecase::ThreadView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageDto;

/// A thread with some of its replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThreadDto {
    /// The message that began it, or its tombstone.
    pub root: MessageDto,
    /// Replies and tombstones, ascending by `seq`.
    pub items: Vec<MessageDto>,
    /// Whether to ask again after the last item's `seq`.
    pub more: bool,
    /// How many replies there are that weren't deleted.
    pub replies: u64,
    /// The place of the newest of those; 0 without any.
    pub last_seq: u64,
    /// Whether the reader follows the thread.
    pub following: bool,
}

impl ThreadDto {
    /// Gives a thread as `viewer` sees it.
    pub fn new(view: &ThreadView, viewer: UserId) -> Self {
        let room = view.room.label();
        let message = |message| MessageDto::new(message, &room, Some(viewer));
        Self {
            root: message(&view.root),
            items: view.page.items.iter().map(message).collect(),
            more: view.page.more,
            replies: view.summary.replies,
            last_seq: view.summary.last_seq.get(),
            following: view.summary.following,
        }
    }
}
