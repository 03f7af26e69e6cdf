//! What is counted in a timeline whenever somebody asks.

use domain::model::{Message, MessageId, MessageKind, ReadState, RoomSeq, ThreadSummary, UserId};

use super::{Timeline, count};

impl Timeline {
    /// Counts what a position leaves to be read.
    pub(crate) fn read_state(&self, user_id: UserId, read_seq: RoomSeq) -> ReadState {
        let after = &self.messages[count(read_seq).min(self.messages.len())..];
        let mut state = ReadState { read_seq, ..ReadState::default() };
        for message in after {
            let others = message.kind == MessageKind::Text && message.author.id != user_id;
            if let Some(content) = message.content().filter(|_| others) {
                state.unread += 1;
                state.mentions += u64::from(content.mentions.concern(user_id));
            }
        }
        state
    }

    /// Sums a thread up. Without a choice of theirs, whoever wrote its first message or a reply follows it.
    pub(crate) fn summary(&self, root: &Message, user_id: UserId, chosen: Option<bool>) -> ThreadSummary {
        ThreadSummary {
            following: chosen.unwrap_or_else(|| root.author.id == user_id || self.has_replied(root.id, user_id)),
            replies: self.live_replies(root.id).map(|_| 1).sum(),
            last_seq: self.live_replies(root.id).next_back().map_or(RoomSeq::ZERO, |message| message.seq),
        }
    }

    fn has_replied(&self, root: MessageId, user_id: UserId) -> bool {
        self.thread(root).any(|message| message.author.id == user_id)
    }

    fn live_replies(&self, root: MessageId) -> impl DoubleEndedIterator<Item = &Message> {
        self.thread(root).filter(|message| !message.is_deleted())
    }
}

#[cfg(test)]
mod tests {
    use domain::model::Mentions;
    use testkit::{a_message, a_room, a_user};

    use super::*;

    /// No use case posts in the server's name yet, so no case of the contract can.
    #[test]
    fn what_the_server_says_is_not_unread_and_calls_nobody() {
        let (ann, bob) = (a_user("ann").user, a_user("bob").user);
        let room = a_room("general", ann.id).room;
        let mut timeline = Timeline::default();
        for _ in 0..2 {
            let mut new = a_message(room.id, &ann, "ann made the room");
            new.mentions = Mentions { room: true, ..Mentions::default() };
            timeline.append(new);
        }
        timeline.messages[0].kind = MessageKind::System;
        let expected = ReadState { read_seq: RoomSeq::ZERO, unread: 1, mentions: 1 };
        assert_eq!(timeline.read_state(bob.id, RoomSeq::ZERO), expected);
    }
}
