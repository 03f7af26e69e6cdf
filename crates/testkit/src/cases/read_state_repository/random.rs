//! Whatever happens, what is said to be unread equals a recount from the timeline.

use std::collections::BTreeMap;

use domain::model::{
    Marker, Mentions, Message, MessageChange, MessageKind, NewMessage, ReadState, Room, RoomSeq, User, UserId,
};
use domain::port::Marking;

use crate::builders::{BASE_TIME, a_message, body, emoji};
use crate::random::SeededRandom;
use crate::stores::Stores;

const OPERATIONS: usize = 400;
/// So many operations lie between two recounts.
const STEP: usize = 10;

/// A room, and what is expected of it: each member's position.
struct Play<'a> {
    stores: &'a Stores,
    random: SeededRandom,
    users: Vec<User>,
    room: Room,
    messages: Vec<Message>,
    positions: BTreeMap<UserId, RoomSeq>,
}

impl<'a> Play<'a> {
    async fn begin(stores: &'a Stores, seed: u64) -> Self {
        let mut users = Vec::new();
        for name in ["ann", "bob", "cid", "dan", "eve"] {
            users.push(stores.add_user(name).await);
        }
        let room = stores.add_room("general", &users[0]).await;
        let positions = BTreeMap::from([(users[0].id, RoomSeq::ZERO)]);
        Self { stores, random: SeededRandom::new(seed), users, room, messages: Vec::new(), positions }
    }

    fn head(&self) -> RoomSeq {
        self.messages.last().map_or(RoomSeq::ZERO, |message| message.seq)
    }

    fn anybody(&mut self) -> User {
        self.random.pick(&self.users).clone()
    }

    /// Picks whom to call: often nobody, sometimes everybody.
    fn mentions(&mut self) -> Mentions {
        let mut mentions =
            Mentions { room: self.random.below(10) == 0, here: self.random.below(10) == 0, users: vec![] };
        for user in &self.users {
            if self.random.below(5) == 0 {
                mentions.users.push(user.id);
            }
        }
        mentions.users.sort_unstable();
        mentions
    }

    async fn post(&mut self) {
        let author = self.anybody();
        let new = NewMessage { mentions: self.mentions(), ..a_message(self.room.id, &author, "said") };
        if self.positions.contains_key(&author.id) {
            self.messages.push(self.stores.append(new).await);
        }
    }

    /// Changes a message in some way, unless it was deleted.
    async fn change(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let index = self.random.below(self.messages.len());
        let Some(content) = self.messages[index].content() else { return };
        let (id, by) = (self.messages[index].id, self.messages[index].author.id);
        let seen = content.version;
        let change = match self.random.below(4) {
            0 => MessageChange::Delete { by, at: BASE_TIME },
            1 => MessageChange::React { by, emoji: emoji("👍") },
            _ if seen.next().is_none() => return,
            _ => {
                let text = body(&format!("after version {}", seen.get()));
                MessageChange::Edit { body: text, mentions: self.mentions(), seen, at: BASE_TIME }
            }
        };
        self.stores.messages.change(id, change).await.expect("the store answers");
        self.messages[index] = self.stores.find(id).await;
    }

    async fn mark(&mut self) {
        let user = self.anybody();
        let to = self.random.below(self.messages.len() + 2) as u64;
        let back = self.random.below(3) == 0;
        let seq = RoomSeq::new(to).expect("a small number");
        let marker = Marker { room_id: self.room.id, user_id: user.id, seq, back };
        let marking = self.stores.read_states.mark(marker).await.expect("the store answers");
        let head = self.head();
        let Some(position) = self.positions.get_mut(&user.id) else {
            assert_eq!(marking, Marking::NotAMember);
            return;
        };
        if seq > head {
            assert_eq!(marking, Marking::BeyondHead(head));
            return;
        }
        let moves = seq > *position || (back && seq < *position);
        *position = if moves { seq } else { *position };
        let expected = recount(&self.messages, user.id, *position);
        assert_eq!(marking, if moves { Marking::Moved(expected) } else { Marking::Unmoved(expected) });
    }

    async fn come_or_go(&mut self) {
        let user = self.anybody();
        if self.positions.remove(&user.id).is_some() {
            self.stores.memberships.leave(self.room.id, user.id).await.expect("they leave");
        } else {
            self.positions.insert(user.id, self.head());
            self.stores.add_member(self.room.id, &user).await;
        }
    }

    async fn assert_true(&self, operation: usize) {
        let timeline = self.stores.timeline(self.room.id).await;
        assert_eq!(timeline, self.messages, "after operation {operation}");
        for user in &self.users {
            let position = self.positions.get(&user.id);
            let expected = position.map(|position| recount(&timeline, user.id, *position));
            let found = self.stores.read_states.read_state(self.room.id, user.id).await.expect("it is read");
            assert_eq!(found, expected, "of {} after operation {operation}", user.username.as_str());
        }
    }
}

/// Counts from the timeline what a position leaves to be read.
fn recount(timeline: &[Message], user_id: UserId, read_seq: RoomSeq) -> ReadState {
    let after = timeline.iter().filter(|message| message.seq > read_seq);
    let others = after.filter(|message| message.author.id != user_id && message.kind == MessageKind::Text);
    let contents: Vec<_> = others.filter_map(Message::content).collect();
    let mentions = contents.iter().filter(|content| content.mentions.concern(user_id)).count();
    ReadState { read_seq, unread: contents.len() as u64, mentions: mentions as u64 }
}

pub async fn after_hundreds_of_random_operations_read_states_equal_a_recount(stores: &Stores) {
    let mut play = Play::begin(stores, 20_260_102).await;
    for operation in 1..=OPERATIONS {
        match play.random.below(20) {
            0..=7 => play.post().await,
            8..=12 => play.change().await,
            13..=17 => play.mark().await,
            _ => play.come_or_go().await,
        }
        if operation.is_multiple_of(STEP) {
            play.assert_true(operation).await;
        }
    }
    assert!(play.messages.len() > 50, "there was something to count");
}
