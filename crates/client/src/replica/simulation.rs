//! A server in small, and everything a connection can do to its frames: in the end the replica is what a fresh one is.

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::{
    ChangesFrame, GatewayFrame, LaggedFrame, MessageDto, MessageUpdatedFrame, PingFrame, ReactionDto, ReplyToDto,
    ResetFrame, RoomDto, StateFrame, SyncedFrame,
};

use super::tests::{ME, hello, message, room};
use super::{Effect, Replica};
use crate::event::GatewayEvent;

/// What becomes of a frame on its way.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    ArrivesTwice,
    IsLost,
}

/// What happens next; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Post {
        room: usize,
        answers: Option<usize>,
        fate: Fate,
    },
    Edit(Target),
    Delete(Target),
    React(Target),
    /// The server answers the oldest question; the fates are its frames'.
    Answer(Vec<Fate>),
    Ping(Fate),
    Lag {
        room: usize,
    },
    Reconnect,
    Restore,
}

/// A message that is changed, and what becomes of the frame that says so.
#[derive(Debug, Clone, Copy)]
struct Target {
    room: usize,
    message: usize,
    fate: Fate,
}

/// A room of the server.
#[derive(Debug, Default, Clone)]
struct Timeline {
    messages: Vec<MessageDto>,
    rev: u64,
}

/// A server with two rooms and one connection.
struct World {
    epoch: u64,
    rooms: BTreeMap<String, Timeline>,
    replica: Replica,
    questions: Vec<Question>,
    /// The heads as of the last ping.
    pinged: BTreeMap<String, u64>,
    /// By id, how often a new message was told since its room last began anew.
    told: BTreeMap<(String, String), u32>,
}

enum Question {
    All(BTreeMap<String, u64>),
    One(String, u64),
}

impl World {
    fn new(keep: usize) -> Self {
        let rooms = ["r1", "r2"].map(|id| (id.to_owned(), Timeline::default())).into();
        let (replica, pinged) = (Replica::new(keep), BTreeMap::new());
        let mut world = Self { epoch: 1, rooms, replica, questions: Vec::new(), pinged, told: BTreeMap::new() };
        world.connect();
        world
    }

    fn connect(&mut self) {
        self.questions.clear();
        self.pinged.clear();
        self.replica.disconnected();
        self.arrives(hello(&format!("epoch {}", self.epoch)));
    }

    fn arrives(&mut self, frame: GatewayFrame) {
        for effect in self.replica.apply(frame) {
            match effect {
                Effect::SyncAll => self.questions.push(Question::All(self.replica.positions())),
                Effect::Sync(room) => {
                    let position = self.replica.position(&room);
                    self.questions.push(Question::One(room, position));
                }
                Effect::Reconnect => return self.connect(),
                Effect::Tell(GatewayEvent::Message(message)) => {
                    *self.told.entry((message.room_id, message.id)).or_default() += 1;
                }
                Effect::Tell(GatewayEvent::Reset { room_id, .. } | GatewayEvent::RoomRemoved { room_id }) => {
                    self.told.retain(|(room, _), _| *room != room_id);
                }
                Effect::Pong | Effect::Tell(_) => {}
            }
        }
    }

    fn send(&mut self, frame: GatewayFrame, fate: Fate) {
        match fate {
            Fate::Arrives => self.arrives(frame),
            Fate::ArrivesTwice => {
                self.arrives(frame.clone());
                self.arrives(frame);
            }
            Fate::IsLost => {}
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Post { room, answers, fate } => self.post(room, answers, fate),
            Step::Edit(target) => self.change(target, "edit", |message| {
                message.version = message.version.map(|version| version + 1);
                message.content = Some(format!("text {:?} of {}", message.version, message.seq));
            }),
            Step::React(target) => self.change(target, "reaction", |message| {
                let user_ids = vec![ME.to_owned()];
                message.reactions.push(ReactionDto { emoji: "👍".to_owned(), count: 1, user_ids, me: false });
            }),
            Step::Delete(target) => self.change(target, "", |message| {
                message.deleted = true;
                (message.content, message.version) = (None, None);
                message.reactions.clear();
            }),
            Step::Answer(fates) => self.answer(&mut fates.into_iter()),
            Step::Ping(fate) => self.ping(fate),
            Step::Lag { room } => {
                let (room_id, timeline) = self.chosen(room);
                let head_rev = timeline.rev;
                self.arrives(GatewayFrame::Lagged(LaggedFrame { room_id, head_rev }));
            }
            Step::Reconnect => self.connect(),
            Step::Restore => {
                self.epoch += 1;
                let (_, timeline) = self.chosen(0);
                *timeline = Timeline::default();
                self.connect();
            }
        }
    }

    fn chosen(&mut self, room: usize) -> (String, &mut Timeline) {
        let at = room % self.rooms.len();
        let (id, timeline) = self.rooms.iter_mut().nth(at).unwrap();
        (id.clone(), timeline)
    }

    fn post(&mut self, room: usize, answers: Option<usize>, fate: Fate) {
        let (id, timeline) = self.chosen(room);
        timeline.rev += 1;
        let seq = timeline.messages.len() as u64 + 1;
        let mut new = message(&id, seq, timeline.rev);
        new.user_id = if seq.is_multiple_of(3) { ME.to_owned() } else { "other".to_owned() };
        if let Some(answered) = answers.filter(|_| seq > 1) {
            let original = &timeline.messages[answered % timeline.messages.len()];
            let (id, user_id, username) = (original.id.clone(), original.user_id.clone(), original.username.clone());
            new.reply_to = Some(ReplyToDto { id, seq: original.seq, user_id, username, excerpt: None });
        }
        timeline.messages.push(new);
        let shown = timeline.view(seq);
        self.send(GatewayFrame::Message(Box::new(shown)), fate);
    }

    fn change(&mut self, target: Target, change: &str, act: impl FnOnce(&mut MessageDto)) {
        let (_, timeline) = self.chosen(target.room);
        let count = timeline.messages.len();
        let Some(message) = timeline.messages.get_mut(target.message % count.max(1)).filter(|message| !message.deleted)
        else {
            return;
        };
        timeline.rev += 1;
        message.rev = timeline.rev;
        act(message);
        let seq = message.seq;
        let message = timeline.view(seq);
        let frame = if message.deleted {
            GatewayFrame::MessageDeleted(Box::new(message))
        } else {
            GatewayFrame::MessageUpdated(Box::new(MessageUpdatedFrame { change: change.to_owned(), message }))
        };
        self.send(frame, target.fate);
    }

    fn answer(&mut self, fates: &mut dyn Iterator<Item = Fate>) {
        if self.questions.is_empty() {
            return;
        }
        let (asked, mut frames) = match self.questions.remove(0) {
            Question::All(known) => {
                let rooms = self.rooms.iter().map(|(id, timeline)| timeline.dto(id)).collect();
                let asked = self.rooms.keys().map(|id| (id.clone(), known.get(id).copied())).collect::<Vec<_>>();
                (asked, vec![GatewayFrame::State(StateFrame { rooms, users: Vec::new() })])
            }
            Question::One(room, rev) => (vec![(room, Some(rev))], Vec::new()),
        };
        for (room, rev) in &asked {
            frames.extend(self.rooms[room].catch_up(room, *rev));
        }
        let heads = asked.into_iter().map(|(room, _)| (room.clone(), self.rooms[&room].rev)).collect();
        frames.push(GatewayFrame::Synced(SyncedFrame { heads }));
        for frame in frames {
            self.send(frame, fates.next().unwrap_or(Fate::Arrives));
        }
    }

    fn ping(&mut self, fate: Fate) {
        let heads: BTreeMap<_, _> = self.rooms.iter().map(|(id, timeline)| (id.clone(), timeline.rev)).collect();
        let changed = heads.iter().filter(|(id, rev)| self.pinged.get(*id) != Some(rev));
        let frame = GatewayFrame::Ping(PingFrame { heads: changed.map(|(id, rev)| (id.clone(), *rev)).collect() });
        self.pinged = heads;
        self.send(frame, fate);
    }

    /// From now on nothing is lost: a few heartbeats later the replica must be whole.
    fn settle(&mut self) {
        self.pinged.clear();
        for _ in 0..4 {
            while !self.questions.is_empty() {
                self.answer(&mut std::iter::empty());
            }
            self.ping(Fate::Arrives);
        }
        assert!(self.questions.is_empty(), "a whole replica asks nothing");
    }

    fn check(&self, keep: usize) {
        for (id, timeline) in &self.rooms {
            let held = self.replica.room(id).unwrap();
            assert!(held.is_whole());
            assert_eq!(held.rev(), Some(timeline.rev));
            let newest = timeline.messages.len().saturating_sub(held.messages().count());
            let expected: Vec<_> =
                timeline.messages[newest..].iter().map(|message| timeline.own_view(message.seq)).collect();
            assert_eq!(held.messages().cloned().collect::<Vec<_>>(), expected);
            assert!(held.messages().count() >= timeline.messages.len().min(2).min(keep), "the newest are held");
        }
        assert!(self.told.values().all(|times| *times == 1), "no message is new twice: {:?}", self.told);
    }
}

impl Timeline {
    /// Gives a message as it is now, its preview too.
    fn view(&self, seq: u64) -> MessageDto {
        let mut message = self.messages[usize::try_from(seq).unwrap() - 1].clone();
        if let Some(preview) = &mut message.reply_to {
            preview.follow(&self.messages[usize::try_from(preview.seq).unwrap() - 1]);
        }
        message
    }

    /// The same for its reader.
    fn own_view(&self, seq: u64) -> MessageDto {
        let mut message = self.view(seq);
        message.reactions.iter_mut().for_each(|reaction| reaction.me = true);
        message
    }

    fn dto(&self, id: &str) -> RoomDto {
        let head_seq = self.messages.len() as u64;
        RoomDto { head_seq, head_rev: self.rev, ..room(id, 0) }
    }

    /// Answers `sync`: pages of two changes, or the two newest messages if more than six changes are missing.
    fn catch_up(&self, room_id: &str, known: Option<u64>) -> Vec<GatewayFrame> {
        let room_id = room_id.to_owned();
        let Some(from) = known.filter(|known| *known <= self.rev && self.rev - known <= 6) else {
            let first = self.messages.len().saturating_sub(2);
            let items = self.messages[first..].iter().map(|message| self.view(message.seq)).collect();
            let (head_seq, head_rev) = (self.messages.len() as u64, self.rev);
            return vec![GatewayFrame::Reset(ResetFrame { room_id, items, head_seq, head_rev })];
        };
        let mut changed: Vec<_> = self.messages.iter().filter(|message| message.rev > from).collect();
        changed.sort_by_key(|message| message.rev);
        let (mut from, mut frames) = (from, Vec::new());
        for page in changed.chunks(2) {
            let items: Vec<_> = page.iter().map(|message| self.view(message.seq)).collect();
            let to = items.last().unwrap().rev;
            frames.push(GatewayFrame::Changes(ChangesFrame { room_id: room_id.clone(), from, to, items }));
            from = to;
        }
        frames
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![4 => Just(Fate::Arrives), 1 => Just(Fate::ArrivesTwice), 1 => Just(Fate::IsLost)]
}

fn target() -> impl Strategy<Value = Target> {
    (0..2_usize, 0..40_usize, fate()).prop_map(|(room, message, fate)| Target { room, message, fate })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2_usize, prop::option::of(0..40_usize), fate())
            .prop_map(|(room, answers, fate)| Step::Post { room, answers, fate }),
        2 => target().prop_map(Step::Edit),
        1 => target().prop_map(Step::Delete),
        1 => target().prop_map(Step::React),
        4 => prop::collection::vec(fate(), 6).prop_map(Step::Answer),
        2 => fate().prop_map(Step::Ping),
        1 => (0..2_usize).prop_map(|room| Step::Lag { room }),
        1 => Just(Step::Reconnect),
        1 => Just(Step::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_happens_to_frames_the_replica_ends_as_a_fresh_one(
        steps in prop::collection::vec(step(), 0..80),
        keep in prop_oneof![Just(3_usize), Just(1000)],
    ) {
        let mut world = World::new(keep);
        for step in steps {
            world.step(step);
        }
        world.settle();
        world.check(keep);
    }
}
