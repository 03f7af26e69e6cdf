//! Reactions on the wire.

use domain::model::{Reaction, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everybody who reacted to a message with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReactionDto {
    /// The emoji.
    pub emoji: String,
    /// How many reacted with it.
    pub count: usize,
    /// Who, in the order in which they did.
    pub user_ids: Vec<String>,
    /// `true` if the reader is among them; absent otherwise, and in frames that everybody gets alike.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub me: bool,
}

impl ReactionDto {
    /// Gives a reaction as `viewer` sees it.
    pub(crate) fn new(reaction: &Reaction, viewer: Option<UserId>) -> Self {
        Self {
            emoji: reaction.emoji.as_str().to_owned(),
            count: reaction.users.len(),
            user_ids: reaction.users.iter().map(ToString::to_string).collect(),
            me: viewer.is_some_and(|viewer| reaction.users.contains(&viewer)),
        }
    }
}
