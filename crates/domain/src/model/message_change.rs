//! How a stored message can change: decided here, so that every store decides alike.

use super::{
    ChangeKind, Emoji, Mentions, Message, MessageBody, MessageState, MessageVersion, Pin, Reactions, RoomRev,
    Timestamp, UserId, Version,
};

/// A change to one message. Rights were checked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageChange {
    /// Replace the text of a version that the editor has seen.
    Edit {
        /// The new text.
        body: MessageBody,
        /// Whom the new text calls.
        mentions: Mentions,
        /// The version that the editor has seen.
        seen: Version,
        /// When.
        at: Timestamp,
    },
    /// Replace the message by its tombstone.
    Delete {
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// React with an emoji.
    React {
        /// Who.
        by: UserId,
        /// With what.
        emoji: Emoji,
    },
    /// Take a reaction back.
    Unreact {
        /// Who.
        by: UserId,
        /// Which.
        emoji: Emoji,
    },
    /// Pin the message.
    Pin(Pin),
    /// Unpin the message.
    Unpin,
}

/// Why a change can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// Only the tombstone is left.
    Deleted,
    /// The text was replaced since the editor saw it.
    VersionMismatch,
    /// The message has as many versions as are kept.
    TooManyVersions,
    /// The message has as many kinds of reactions as allowed.
    TooManyReactions,
}

/// What a change makes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// This is the message now, to be stored under the next `rev`.
    Changed {
        /// The message with its new state and kind of change, and still its old `rev`.
        message: Box<Message>,
        /// The text that was replaced, to be kept.
        replaced: Option<MessageVersion>,
    },
    /// The message is so already; nothing is to be stored.
    Unchanged,
    /// Nothing is to be stored.
    Refused(ChangeRefusal),
}

impl MessageChange {
    /// Decides what the change makes of the message as it is stored now. A change that was made already is `Unchanged`,
    /// so that a caller who got no answer can ask again.
    pub fn apply(&self, current: &Message) -> ChangeOutcome {
        let MessageState::Live(content) = &current.state else {
            return ChangeOutcome::Refused(ChangeRefusal::Deleted);
        };
        let mut next = content.clone();
        let (kind, replaced) = match self {
            Self::Edit { body, mentions, seen, at } => {
                if content.body == *body && (content.version == *seen || Some(content.version) == seen.next()) {
                    return ChangeOutcome::Unchanged;
                }
                if content.version != *seen {
                    return ChangeOutcome::Refused(ChangeRefusal::VersionMismatch);
                }
                let Some(version) = content.version.next() else {
                    return ChangeOutcome::Refused(ChangeRefusal::TooManyVersions);
                };
                let since = content.edited_at.unwrap_or(current.created_at);
                let replaced = MessageVersion { version: content.version, body: content.body.clone(), since };
                next.body = body.clone();
                next.mentions = mentions.clone();
                next.version = version;
                next.edited_at = Some(*at);
                (ChangeKind::Edit, Some(replaced))
            }
            Self::Delete { by, at } => {
                let state = MessageState::Deleted { at: *at, by: *by };
                let message = Box::new(Message { state, change: ChangeKind::Delete, ..current.clone() });
                return ChangeOutcome::Changed { message, replaced: None };
            }
            Self::React { by, emoji } => {
                let Some(reactions) = content.reactions.with(*emoji, *by) else {
                    return ChangeOutcome::Refused(ChangeRefusal::TooManyReactions);
                };
                next.reactions = reactions;
                (ChangeKind::Reaction, None)
            }
            Self::Unreact { by, emoji } => {
                next.reactions = content.reactions.without(*emoji, *by);
                (ChangeKind::Reaction, None)
            }
            Self::Pin(pin) => {
                next.pin = Some(content.pin.unwrap_or(*pin));
                (ChangeKind::Pin, None)
            }
            Self::Unpin => {
                next.pin = None;
                (ChangeKind::Pin, None)
            }
        };
        if next == *content {
            return ChangeOutcome::Unchanged;
        }
        let message = Box::new(Message { state: MessageState::Live(next), change: kind, ..current.clone() });
        ChangeOutcome::Changed { message, replaced }
    }
}

impl Message {
    /// Gives the message under the number of its latest change.
    pub fn with_rev(self, rev: RoomRev) -> Self {
        Self { rev, ..self }
    }

    /// Gives the reactions; none to a tombstone.
    pub fn reactions(&self) -> Option<&Reactions> {
        self.content().map(|content| &content.reactions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, Id, MessageId, NewMessage, RoomId, RoomSeq, Username};

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    fn body(text: &str) -> MessageBody {
        MessageBody::parse(text).unwrap()
    }

    fn message() -> Message {
        let new = NewMessage {
            id: MessageId::new(Id::from_bytes([5; 12])),
            room_id: RoomId::new(Id::from_bytes([6; 12])),
            author: Author { id: user(1), username: Username::parse("ann").unwrap() },
            body: body("first"),
            mentions: Mentions::default(),
            created_at: Timestamp::from_millis(0),
            nonce: None,
            reply_to: None,
            thread: None,
        };
        new.numbered(RoomSeq::ZERO.next(), RoomRev::ZERO.next())
    }

    fn edit(text: &str, seen: u64, at: i64) -> MessageChange {
        let (mentions, seen) = (Mentions::default(), Version::new(seen).unwrap());
        MessageChange::Edit { body: body(text), mentions, seen, at: Timestamp::from_millis(at) }
    }

    fn changed(change: &MessageChange, message: &Message) -> (Message, Option<MessageVersion>) {
        match change.apply(message) {
            ChangeOutcome::Changed { message, replaced } => (*message, replaced),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_edit_replaces_the_version_it_has_seen_and_keeps_it() {
        let (second, replaced) = changed(&edit("second", 1, 10), &message());
        let content = second.content().unwrap();
        assert_eq!((content.body.as_str(), content.version.get()), ("second", 2));
        assert_eq!(content.edited_at, Some(Timestamp::from_millis(10)));
        let first = MessageVersion { version: Version::FIRST, body: body("first"), since: Timestamp::from_millis(0) };
        assert_eq!(replaced, Some(first));
        let (_, replaced) = changed(&edit("third", 2, 20), &second);
        assert_eq!(replaced.unwrap().since, Timestamp::from_millis(10));
    }

    #[test]
    fn an_edit_asked_for_again_changes_nothing_and_one_of_an_old_version_is_refused() {
        let (second, _) = changed(&edit("second", 1, 10), &message());
        assert_eq!(edit("second", 1, 11).apply(&second), ChangeOutcome::Unchanged);
        assert_eq!(edit("other", 1, 11).apply(&second), ChangeOutcome::Refused(ChangeRefusal::VersionMismatch));
        assert_eq!(edit("other", 3, 11).apply(&second), ChangeOutcome::Refused(ChangeRefusal::VersionMismatch));
    }

    #[test]
    fn the_hundred_and_first_version_is_refused() {
        let mut now = message();
        for version in 1..100 {
            now = changed(&edit(&format!("text {version}"), version, 1), &now).0;
        }
        let refused = edit("one more", 100, 1).apply(&now);
        assert_eq!(refused, ChangeOutcome::Refused(ChangeRefusal::TooManyVersions));
    }

    #[test]
    fn nothing_changes_a_tombstone() {
        let delete = MessageChange::Delete { by: user(2), at: Timestamp::from_millis(9) };
        let (tombstone, _) = changed(&delete, &message());
        assert_eq!((tombstone.is_deleted(), tombstone.change), (true, ChangeKind::Delete));
        let heart = Emoji::parse("❤️").unwrap();
        let pin = Pin { at: Timestamp::from_millis(1), by: user(1) };
        for change in [
            delete,
            edit("back again", 1, 10),
            MessageChange::React { by: user(1), emoji: heart },
            MessageChange::Unreact { by: user(1), emoji: heart },
            MessageChange::Pin(pin),
            MessageChange::Unpin,
        ] {
            assert_eq!(change.apply(&tombstone), ChangeOutcome::Refused(ChangeRefusal::Deleted));
        }
    }

    #[test]
    fn what_is_so_already_takes_no_number() {
        let heart = Emoji::parse("❤️").unwrap();
        let react = MessageChange::React { by: user(1), emoji: heart };
        let (reacted, _) = changed(&react, &message());
        assert_eq!(react.apply(&reacted), ChangeOutcome::Unchanged);
        assert_eq!(MessageChange::Unreact { by: user(2), emoji: heart }.apply(&reacted), ChangeOutcome::Unchanged);
        assert_eq!(MessageChange::Unpin.apply(&reacted), ChangeOutcome::Unchanged);
        let pin = MessageChange::Pin(Pin { at: Timestamp::from_millis(1), by: user(1) });
        let (pinned, _) = changed(&pin, &reacted);
        let later = MessageChange::Pin(Pin { at: Timestamp::from_millis(2), by: user(2) });
        assert_eq!(later.apply(&pinned), ChangeOutcome::Unchanged);
    }
}
