//! One room of the replica.

use std::collections::BTreeMap;

use protocol::{ChangesFrame, MarkerDto, MessageDto, ResetFrame, RoomDto};

use super::Effect;
use crate::event::GatewayEvent;

/// How many pings pass before a question that isn't answered is asked again.
const PINGS_TO_WAIT: u8 = 0;
/// The same for the question about everything, whose answer may be long.
const PINGS_TO_WAIT_FOR_ALL: u8 = 1;

/// A room and what is known of its timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomReplica {
    room: RoomDto,
    /// By `seq`: all messages and tombstones from `floor` on, as they were at `rev`.
    messages: BTreeMap<u64, MessageDto>,
    floor: u64,
    /// None before anything is known.
    rev: Option<u64>,
    /// The greatest `rev` that was heard of.
    head: u64,
    /// While the server owes an answer to `sync`: how many pings to wait for it.
    asked: Option<u8>,
    /// Whether nothing came of it on this connection yet: then the server knows better where it stands.
    resuming: bool,
    typing: Vec<String>,
    receipts: BTreeMap<String, u64>,
}

/// How far the user has read in a room, and what that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPosition {
    /// The last message that is read; 0 for none.
    pub read_seq: u64,
    /// How many messages after it others wrote and didn't delete.
    pub unread: u64,
    /// How many of those call the user.
    pub mentions: u64,
}

impl RoomReplica {
    pub(super) fn new(room: RoomDto) -> Self {
        // Of a room without changes everything is known.
        let (rev, floor) = if room.head_rev == 0 { (Some(0), 1) } else { (None, u64::MAX) };
        Self {
            messages: BTreeMap::new(),
            floor,
            rev,
            head: room.head_rev,
            asked: None,
            resuming: false,
            typing: Vec::new(),
            receipts: BTreeMap::new(),
            room,
        }
    }

    /// Gives the room as it was last told. Its counts and heads are as of then; [`Self::read_position`] and
    /// [`Self::rev`] are newer.
    pub fn room(&self) -> &RoomDto {
        &self.room
    }

    /// Gives the messages and tombstones that are held, ascending by `seq` and without gaps up to the head at
    /// [`Self::rev`].
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &MessageDto> {
        self.messages.values()
    }

    /// Gives the message at a place, if it is held.
    pub fn message(&self, seq: u64) -> Option<&MessageDto> {
        self.messages.get(&seq)
    }

    /// Gives the change up to which nothing is missing; none before anything is known.
    pub fn rev(&self) -> Option<u64> {
        self.rev
    }

    /// Says whether everything that was heard of is known too.
    pub fn is_whole(&self) -> bool {
        self.asked.is_none() && !self.is_behind()
    }

    /// Gives who is writing, the user included.
    pub fn typing(&self) -> &[String] {
        &self.typing
    }

    /// Gives how far others have read, as far as that was told on this connection.
    pub fn receipt(&self, user_id: &str) -> Option<u64> {
        self.receipts.get(user_id).copied()
    }

    /// Gives how far the user `me` has read. The counts are exact if everything after the position is held, and
    /// otherwise what the server last said.
    pub fn read_position(&self, me: &str) -> ReadPosition {
        let read_seq = self.room.read_seq.unwrap_or(0);
        if self.floor > read_seq.saturating_add(1) {
            let (unread, mentions) = (self.room.unread.unwrap_or(0), self.room.mentions.unwrap_or(0));
            return ReadPosition { read_seq, unread, mentions };
        }
        let after = self.messages.range(read_seq.saturating_add(1)..).map(|(_, message)| message);
        let (mut unread, mut mentions) = (0, 0);
        for message in after.filter(|message| counts(message, me)) {
            unread += 1;
            mentions +=
                u64::from(message.mentions.iter().any(|called| [me, "room", "here"].contains(&called.as_str())));
        }
        ReadPosition { read_seq, unread, mentions }
    }

    pub(super) fn disconnected(&mut self) {
        self.asked = None;
        self.resuming = false;
        self.typing.clear();
        self.receipts.clear();
    }

    pub(super) fn asked_with_all(&mut self) {
        self.asked = Some(PINGS_TO_WAIT_FOR_ALL);
        self.resuming = true;
    }

    /// Asks for what is missing, unless an answer is on its way.
    pub(super) fn ask(&mut self, effects: &mut Vec<Effect>) {
        if self.asked.is_none() {
            self.ask_again(effects);
        }
    }

    fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        self.asked = Some(PINGS_TO_WAIT);
        effects.push(Effect::Sync(self.room.id.clone()));
    }

    pub(super) fn live(&mut self, message: MessageDto, change: Option<String>, me: &str, effects: &mut Vec<Effect>) {
        self.head = self.head.max(message.rev);
        match self.rev {
            Some(rev) if message.rev <= rev => {}
            Some(rev) if message.rev == rev + 1 => {
                self.rev = Some(message.rev);
                self.put(message, change, me, effects);
            }
            // A hole: what follows it comes with what is in it, so that nothing is told out of order.
            _ => self.ask(effects),
        }
    }

    pub(super) fn changes(&mut self, changes: ChangesFrame, me: &str, effects: &mut Vec<Effect>) {
        self.head = self.head.max(changes.to);
        if changes.from > self.rev.unwrap_or(0) {
            return self.ask(effects);
        }
        self.resuming = false;
        if self.rev.is_none() {
            self.floor = 1;
        }
        for message in changes.items {
            self.put(message, None, me, effects);
        }
        self.rev = Some(self.rev.unwrap_or(0).max(changes.to));
        self.answered();
    }

    pub(super) fn reset(&mut self, reset: ResetFrame, me: &str, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.resuming) {
            self.head = reset.head_rev;
        } else if self.rev.is_some_and(|rev| reset.head_rev < rev) {
            // An old one, come twice.
            return;
        }
        self.head = self.head.max(reset.head_rev);
        self.floor = reset.items.first().map_or(reset.head_seq + 1, |first| first.seq);
        self.rev = Some(reset.head_rev);
        self.messages.clear();
        let mut unsaid = Vec::new();
        for message in reset.items {
            self.put(message, None, me, &mut unsaid);
        }
        let event = GatewayEvent::Reset { room_id: self.room.id.clone(), head_seq: reset.head_seq };
        effects.push(Effect::Tell(event));
        self.answered();
    }

    pub(super) fn synced(&mut self, head: u64, effects: &mut Vec<Effect>) {
        self.head = self.head.max(head);
        self.resuming = false;
        if self.is_behind() && self.asked.is_some() {
            // Part of the answer was lost. Asking at once might go on for ever: the next ping asks.
            self.asked = Some(0);
            return;
        }
        self.asked = None;
        self.ask_if_behind(effects);
    }

    pub(super) fn lagged(&mut self, head: u64, effects: &mut Vec<Effect>) {
        self.head = self.head.max(head);
        // Nothing comes any more until it is asked for, whatever was asked before.
        self.ask_again(effects);
    }

    pub(super) fn ping(&mut self, head: Option<u64>, effects: &mut Vec<Effect>) {
        self.head = self.head.max(head.unwrap_or(0));
        match self.asked {
            None => self.ask_if_behind(effects),
            Some(0) => self.ask_again(effects),
            Some(pings) => self.asked = Some(pings - 1),
        }
    }

    pub(super) fn update(&mut self, room: RoomDto, effects: &mut Vec<Effect>) {
        self.head = self.head.max(room.head_rev);
        // What only a member's own view has isn't in a frame that all members get alike.
        let known = &self.room;
        let room = RoomDto {
            role: room.role.or_else(|| known.role.clone()),
            read_seq: room.read_seq.or(known.read_seq),
            unread: room.unread.or(known.unread),
            mentions: room.mentions.or(known.mentions),
            ..room
        };
        if *known != room {
            self.room = room;
            effects.push(Effect::Tell(GatewayEvent::Room(Box::new(self.room.clone()))));
        }
    }

    pub(super) fn mark(&mut self, marker: &MarkerDto) {
        self.room.read_seq = Some(marker.read_seq);
        self.room.unread = Some(marker.unread);
        self.room.mentions = Some(marker.mentions);
    }

    pub(super) fn set_role(&mut self, role: Option<String>) {
        self.room.role = role;
    }

    pub(super) fn set_typing(&mut self, user_ids: Vec<String>) {
        self.typing = user_ids;
    }

    pub(super) fn receipts(&mut self, set: &BTreeMap<String, u64>) {
        self.receipts.extend(set.iter().map(|(user_id, seq)| (user_id.clone(), *seq)));
    }

    /// Forgets what belongs to somebody who left.
    pub(super) fn forget(&mut self, user_id: &str) {
        self.receipts.remove(user_id);
        self.typing.retain(|typing| typing != user_id);
    }

    pub(super) fn trim(&mut self, keep: usize) {
        while self.messages.len() > keep {
            if let Some((seq, _)) = self.messages.pop_first() {
                self.floor = seq + 1;
            }
        }
    }

    fn answered(&mut self) {
        if !self.is_behind() {
            self.asked = None;
        }
    }

    fn ask_if_behind(&mut self, effects: &mut Vec<Effect>) {
        if self.is_behind() {
            self.ask(effects);
        }
    }

    fn is_behind(&self) -> bool {
        self.rev.is_none_or(|rev| rev < self.head)
    }

    /// Takes a message in if it is newer than what is held, and tells so.
    fn put(&mut self, mut message: MessageDto, change: Option<String>, me: &str, effects: &mut Vec<Effect>) {
        let held = self.messages.get(&message.seq);
        if held.is_some_and(|held| held.rev >= message.rev) {
            return;
        }
        for reaction in &mut message.reactions {
            reaction.me = reaction.user_ids.iter().any(|user_id| user_id == me);
        }
        if message.nonce.is_none() {
            message.nonce = held.and_then(|held| held.nonce.clone());
        }
        let new = held.is_none() && message.seq >= self.floor;
        self.follow(&mut message);
        if message.seq >= self.floor {
            self.messages.insert(message.seq, message.clone());
        }
        let message = Box::new(message);
        effects.push(Effect::Tell(match (message.deleted, new) {
            (true, _) => GatewayEvent::Deleted(message),
            (false, true) => GatewayEvent::Message(message),
            (false, false) => GatewayEvent::Updated { message, change },
        }));
    }

    /// Brings previews up to date: those of the message's answers, and its own.
    fn follow(&mut self, message: &mut MessageDto) {
        for answer in self.messages.range_mut(message.seq..).map(|(_, answer)| answer) {
            if let Some(preview) = &mut answer.reply_to {
                preview.follow(message);
            }
        }
        if let Some(preview) = &mut message.reply_to
            && let Some(original) = self.messages.get(&preview.seq)
        {
            preview.follow(original);
        }
    }
}

/// Whether a message counts as unread.
fn counts(message: &MessageDto, me: &str) -> bool {
    !message.deleted && message.user_id != me && message.kind.is_none()
}
