//! What people answered to a message with single emoji.

use super::{Emoji, UserId};

/// Everybody who reacted with one emoji.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// With what.
    pub emoji: Emoji,
    /// Who, in the order in which they did; never empty, nobody twice.
    pub users: Vec<UserId>,
}

/// The reactions to one message: by kind in the order of their first use. A set: adding what is there and removing
/// what isn't change nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reactions(Vec<Reaction>);

impl Reactions {
    /// The most kinds of emoji on one message.
    pub const MAX_KINDS: usize = 20;

    /// Takes over what a store kept, in its order.
    pub const fn from_stored(reactions: Vec<Reaction>) -> Self {
        Self(reactions)
    }

    /// Gives the reactions.
    pub fn as_slice(&self) -> &[Reaction] {
        &self.0
    }

    /// Tells whether nobody reacted.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether that user reacted with that emoji.
    pub fn contains(&self, emoji: Emoji, user: UserId) -> bool {
        self.0.iter().any(|reaction| reaction.emoji == emoji && reaction.users.contains(&user))
    }

    /// Gives the reactions with one more; nothing if it would be a kind too many.
    #[must_use]
    pub fn with(&self, emoji: Emoji, user: UserId) -> Option<Self> {
        let mut changed = self.clone();
        let full = self.0.len() >= Self::MAX_KINDS;
        match changed.0.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) if reaction.users.contains(&user) => {}
            Some(reaction) => reaction.users.push(user),
            None if full => return None,
            None => changed.0.push(Reaction { emoji, users: vec![user] }),
        }
        Some(changed)
    }

    /// Gives the reactions with one less.
    #[must_use]
    pub fn without(&self, emoji: Emoji, user: UserId) -> Self {
        let mut changed = self.clone();
        if let Some(reaction) = changed.0.iter_mut().find(|reaction| reaction.emoji == emoji) {
            reaction.users.retain(|other| *other != user);
        }
        changed.0.retain(|reaction| !reaction.users.is_empty());
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    #[test]
    fn reactions_are_a_set() {
        let heart = Emoji::parse("❤️").unwrap();
        let once = Reactions::default().with(heart, user(1)).unwrap();
        assert_eq!(once.with(heart, user(1)), Some(once.clone()));
        assert_eq!(once.without(heart, user(2)), once);
        assert!(once.without(heart, user(1)).is_empty());
    }

    #[test]
    fn a_kind_too_many_is_refused_but_not_another_user_of_a_kind_that_is_there() {
        let kinds = "😀 😁 😂 😃 😄 😅 😆 😇 😈 😉 😊 😋 😌 😍 😎 😏 😐 😑 😒 😓";
        let full = kinds
            .split(' ')
            .try_fold(Reactions::default(), |reactions, kind| reactions.with(Emoji::parse(kind).unwrap(), user(1)))
            .unwrap();
        assert_eq!(full.as_slice().len(), Reactions::MAX_KINDS);
        assert_eq!(full.with(Emoji::parse("👍").unwrap(), user(1)), None);
        assert!(full.with(Emoji::parse("😓").unwrap(), user(2)).is_some());
    }
}
