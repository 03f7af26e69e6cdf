//! The task of one room: the single ordered path from events to subscribers.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use domain::Ports;
use domain::model::{Event, MarkerNotice, Message, PageAnchor, PageSize, RoomRev, RoomSeq, UserId};
use domain::port::RepositoryError;
use protocol::{GatewayFrame, MarkerDto, MemberFrame, TypingFrame};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use crate::close_reason::CloseReason;
use crate::frame::{Frame, TimelineFrame, encode};
use crate::notices::Notices;
use crate::presence::PresenceBoard;
use crate::room::RoomChannel;
use crate::timeline::Timeline;
use crate::typing::Typers;

/// How many events are taken at once.
const BATCH: usize = 256;
/// How many changes are read from the store at once.
const PAGE: u16 = 200;
/// How many members are read from the store at once.
const MEMBERS: u16 = 500;
/// How long notices wait for each other.
const NOTICE_DELAY: Duration = Duration::from_millis(25);
/// How long read positions wait for each other: they grow with the square of a room.
const RECEIPT_DELAY: Duration = Duration::from_millis(250);
/// How often the store is asked for changes nobody told of: a lost event heals within this time.
const CHECK: Duration = Duration::from_secs(25);
/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(500);

/// What the task of a room works with.
pub(crate) struct Surroundings {
    pub(crate) ports: Ports,
    pub(crate) channel: Arc<RoomChannel>,
    pub(crate) presence: Arc<PresenceBoard>,
}

/// Runs the room until nobody is connected. `give_up` takes it out of the registry if it is still empty then.
pub(crate) async fn run(surroundings: Surroundings, mut events: mpsc::Receiver<Event>, give_up: impl Fn() -> bool) {
    let Some(head) = surroundings.read_head(&give_up).await else {
        return;
    };
    surroundings.channel.begin_after(head);
    let mut room = RoomTask::new(surroundings, head);
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            biased;
            _ = events.recv_many(&mut batch, BATCH) => {}
            () = room.channel().nudge.notified() => {}
            () = sleep_until(room.next_wake()) => {}
        }
        room.take_in(&mut batch).await;
        let mut released = room.timeline.release();
        if room.timeline.has_hole() {
            // Two posts that finished together announce themselves in any order: the other one is on its way.
            tokio::task::yield_now().await;
            while let Ok(event) = events.try_recv() {
                batch.push(event);
            }
            room.take_in(&mut batch).await;
            released.extend(room.timeline.release());
        }
        room.settle(released).await;
        if room.is_idle() && give_up() {
            return;
        }
    }
}

impl Surroundings {
    async fn read_head(&self, give_up: &impl Fn() -> bool) -> Option<RoomRev> {
        loop {
            let page = PageSize::clamped(None, 1, 1);
            match self.ports.messages.page(self.channel.id, PageAnchor::Latest, page).await {
                Ok(page) => return Some(page.head.rev),
                Err(error) => log_failure(&self.channel, &error),
            }
            if give_up() {
                return None;
            }
            sleep(RETRY).await;
        }
    }

    /// Reads who belongs to the room and shows them to each other.
    async fn read_members(&self) -> Result<(), RepositoryError> {
        // Set before reading, so that whoever comes or goes meanwhile is noted.
        self.channel.set_members(Some(HashSet::new()));
        let mut after = None;
        loop {
            let size = PageSize::clamped(None, MEMBERS, MEMBERS);
            let members = self.ports.memberships.list(self.channel.id, after, size).await?;
            let Some(last) = members.last() else {
                break;
            };
            after = Some(last.user_id);
            let full = members.len() >= size.get();
            for member in members {
                self.channel.note_member(member.user_id, true);
            }
            if !full {
                break;
            }
        }
        for outbox in self.channel.gateway_outboxes(None) {
            self.presence.show_room(&self.channel, &outbox);
        }
        Ok(())
    }
}

struct RoomTask {
    surroundings: Surroundings,
    timeline: Timeline,
    notices: Notices,
    typers: Typers,
    receipts: BTreeMap<UserId, RoomSeq>,
    /// Frames that are worth nothing late, to be sent with the next changes.
    hints: Vec<Frame>,
    check_at: Instant,
    notices_at: Option<Instant>,
    receipts_at: Option<Instant>,
}

impl RoomTask {
    fn new(surroundings: Surroundings, head: RoomRev) -> Self {
        Self {
            surroundings,
            timeline: Timeline::new(head),
            notices: Notices::default(),
            typers: Typers::default(),
            receipts: BTreeMap::new(),
            hints: Vec::new(),
            check_at: Instant::now() + CHECK,
            notices_at: None,
            receipts_at: None,
        }
    }

    fn channel(&self) -> &RoomChannel {
        &self.surroundings.channel
    }

    /// Tells whether nothing waits for its time.
    fn is_idle(&self) -> bool {
        self.notices.is_empty() && self.receipts.is_empty()
    }

    fn next_wake(&self) -> Instant {
        let others = [self.notices_at, self.receipts_at, self.typers.next_expiry()];
        others.into_iter().flatten().fold(self.check_at, Instant::min)
    }

    async fn take_in(&mut self, batch: &mut Vec<Event>) {
        let now = Instant::now();
        for event in batch.drain(..) {
            match event {
                Event::Timeline(message) => self.timeline.add(message),
                Event::Connected(notice) => self.notices.add(true, notice),
                Event::Disconnected(notice) => self.notices.add(false, notice),
                Event::MemberLeft(notice) => {
                    self.channel().close_user(notice.user_id, CloseReason::NOT_A_MEMBER);
                    self.channel().note_member(notice.user_id, false);
                    self.note_typing(notice.user_id, false, now);
                    self.tell_member(notice.user_id, notice.username.as_str(), None);
                }
                Event::MemberJoined(notice, role) => {
                    self.channel().note_member(notice.user_id, true);
                    self.tell_member(notice.user_id, notice.username.as_str(), Some(role.as_str()));
                }
                Event::RoomChanged(_) => {
                    let id = self.channel().id;
                    self.channel().gateway_outboxes(None).iter().for_each(|outbox| outbox.refresh(id));
                }
                Event::Typing(notice) => self.note_typing(notice.user_id, notice.on, now),
                Event::Marked(notice) => self.note_marker(notice, now).await,
                // The dispatcher deals with these.
                Event::SessionRevoked { .. }
                | Event::UserRevoked { .. }
                | Event::UserChanged(_)
                | Event::Presence(_) => {}
            }
        }
    }

    fn note_typing(&mut self, user: UserId, on: bool, now: Instant) {
        if self.typers.note(user, on, now) {
            self.tell_typing();
        }
    }

    /// Puts the list in the place of one that wasn't sent yet.
    fn tell_typing(&mut self) {
        let frame = TypingFrame { room_id: self.channel().id.to_string(), user_ids: self.typers.list() };
        self.hints.retain(|hint| !matches!(hint, Frame::Typing(_)));
        self.hints.push(Frame::Typing(encode(&GatewayFrame::Typing(frame))));
    }

    fn tell_member(&mut self, user: UserId, username: &str, role: Option<&str>) {
        let frame = MemberFrame {
            room_id: self.channel().id.to_string(),
            user_id: user.to_string(),
            username: username.to_owned(),
            role: role.map(str::to_owned),
        };
        self.hints.push(Frame::Member(encode(&GatewayFrame::Member(frame))));
    }

    /// Tells the user's own devices where the position stands, with what that leaves, and the others after a moment.
    async fn note_marker(&mut self, notice: MarkerNotice, now: Instant) {
        let Surroundings { ports, channel, .. } = &self.surroundings;
        let own = channel.gateway_outboxes(Some(notice.user_id));
        if !own.is_empty() {
            match ports.read_states.read_state(notice.room_id, notice.user_id).await {
                Ok(Some(state)) => {
                    let marker = MarkerDto::new(notice.room_id, &state);
                    for outbox in &own {
                        outbox.add_marker(notice.room_id, marker.clone());
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    warn!(room = %channel.id, cause = ?error, "a read position can't be read");
                    // They read it themselves, again and again until it works.
                    for outbox in &own {
                        outbox.refresh(notice.room_id);
                    }
                }
            }
        }
        let few = channel.member_count().is_some_and(|count| count as u64 <= domain::model::Receipt::MAX_MEMBERS);
        if notice.shown && few {
            self.receipts.insert(notice.user_id, notice.read_seq);
            self.receipts_at.get_or_insert(now + RECEIPT_DELAY);
        }
    }

    /// Does what is due, and gives out what there is.
    async fn settle(&mut self, mut released: Vec<Arc<Message>>) {
        let after = self.channel().head().unwrap_or(RoomRev::ZERO);
        let now = Instant::now();
        if self.timeline.has_hole() || self.channel().take_resync() || now >= self.check_at {
            self.check_at = now + if self.catch_up(&mut released).await { CHECK } else { RETRY };
        }
        if self.channel().wants_members()
            && let Err(error) = self.surroundings.read_members().await
        {
            self.channel().set_members(None);
            self.check_at = self.check_at.min(now + RETRY);
            log_failure(self.channel(), &error);
        }
        if self.typers.expire(now) {
            self.tell_typing();
        }
        let said: Vec<UserId> = released.iter().map(|message| message.author.id).collect();
        for author in said {
            self.note_typing(author, false, now);
        }
        self.deliver(&released, after, now);
        if self.receipts_at.is_some_and(|at| now >= at) {
            self.receipts_at = None;
            let receipts: Vec<_> = std::mem::take(&mut self.receipts).into_iter().collect();
            self.channel().deliver_receipts(&receipts);
        }
    }

    /// Reads from the store what is missing; answers whether that worked.
    async fn catch_up(&mut self, released: &mut Vec<Arc<Message>>) -> bool {
        loop {
            let size = PageSize::clamped(None, PAGE, PAGE);
            let Surroundings { ports, channel, .. } = &self.surroundings;
            let page = match ports.messages.changes(channel.id, self.timeline.head(), size).await {
                Ok(page) => page,
                Err(error) => {
                    log_failure(channel, &error);
                    return false;
                }
            };
            let read = page.items.last().map_or(self.timeline.head(), |last| last.rev);
            let through = if page.more { read } else { page.head.rev };
            released.extend(self.timeline.fill(page.items, through));
            if !page.more {
                released.extend(self.timeline.release());
                return true;
            }
        }
    }

    /// Gives out changes, and the notices before them if they are due: whoever came is announced before what
    /// they say.
    fn deliver(&mut self, released: &[Arc<Message>], after: RoomRev, now: Instant) {
        let due = !released.is_empty() || self.notices_at.is_some_and(|at| now >= at);
        let label = &self.surroundings.channel.label;
        let mut frames = if due { self.notices.take(label) } else { Vec::new() };
        let mut before = after;
        for message in released {
            frames.push(Frame::Timeline(TimelineFrame::new(message, label, (before, after))));
            before = message.rev;
        }
        frames.append(&mut self.hints);
        if !frames.is_empty() {
            self.channel().deliver(&frames, self.timeline.head());
        }
        self.notices_at = match self.notices_at {
            _ if self.notices.is_empty() => None,
            None => Some(now + NOTICE_DELAY),
            waiting => waiting,
        };
    }
}

fn log_failure(channel: &RoomChannel, error: &RepositoryError) {
    warn!(room = %channel.id, error = %error, cause = ?error, "the room's timeline can't be read; trying again");
}
