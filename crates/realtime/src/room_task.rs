//! The task of one room: the single ordered path from events to subscribers.

use std::sync::Arc;
use std::time::Duration;

use domain::Ports;
use domain::model::{Event, Message, PageAnchor, PageSize, RoomRev};
use domain::port::RepositoryError;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use crate::frame::Frame;
use crate::notices::Notices;
use crate::outbox::CloseReason;
use crate::room::RoomChannel;
use crate::timeline::Timeline;

/// How many events are taken at once.
const BATCH: usize = 256;
/// How many changes are read from the store at once.
const PAGE: u16 = 200;
/// How long notices wait for each other.
const NOTICE_DELAY: Duration = Duration::from_millis(25);
/// How often the store is asked for changes nobody told of: a lost event heals within this time.
const CHECK: Duration = Duration::from_secs(25);
/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(500);

/// Runs the room until nobody is connected. `give_up` takes it out of the registry if it is still empty then.
pub(crate) async fn run(
    ports: Ports,
    channel: Arc<RoomChannel>,
    mut events: mpsc::Receiver<Event>,
    give_up: impl Fn() -> bool,
) {
    let Some(head) = read_head(&ports, &channel, &give_up).await else {
        return;
    };
    channel.begin_after(head);
    let mut room = RoomTask { ports, channel, timeline: Timeline::new(head), notices: Notices::default() };
    let mut batch = Vec::new();
    let mut check_at = Instant::now() + CHECK;
    let mut flush_at = None;
    loop {
        let wake_at = flush_at.map_or(check_at, |flush: Instant| flush.min(check_at));
        tokio::select! {
            _ = events.recv_many(&mut batch, BATCH) => {}
            () = room.channel.nudge.notified() => {}
            () = sleep_until(wake_at) => {}
        }
        room.take_in(&mut batch);
        let mut released = room.timeline.release();
        if room.timeline.has_hole() {
            // Two posts that finished together announce themselves in any order: the other one is on its way.
            tokio::task::yield_now().await;
            while let Ok(event) = events.try_recv() {
                batch.push(event);
            }
            room.take_in(&mut batch);
            released.extend(room.timeline.release());
        }
        let now = Instant::now();
        if room.timeline.has_hole() || room.channel.take_resync() || now >= check_at {
            check_at = now + if room.catch_up(&mut released).await { CHECK } else { RETRY };
        }
        let due = !released.is_empty() || flush_at.is_some_and(|flush| now >= flush);
        room.deliver(&released, due);
        flush_at = match flush_at {
            _ if room.notices.is_empty() => None,
            None => Some(now + NOTICE_DELAY),
            waiting => waiting,
        };
        if room.notices.is_empty() && give_up() {
            return;
        }
    }
}

async fn read_head(ports: &Ports, channel: &RoomChannel, give_up: &impl Fn() -> bool) -> Option<RoomRev> {
    loop {
        match ports.messages.page(channel.id, PageAnchor::Latest, PageSize::clamped(None, 1, 1)).await {
            Ok(page) => return Some(page.head.rev),
            Err(error) => log_failure(channel, &error),
        }
        if give_up() {
            return None;
        }
        sleep(RETRY).await;
    }
}

struct RoomTask {
    ports: Ports,
    channel: Arc<RoomChannel>,
    timeline: Timeline,
    notices: Notices,
}

impl RoomTask {
    fn take_in(&mut self, batch: &mut Vec<Event>) {
        for event in batch.drain(..) {
            match event {
                Event::Timeline(message) => self.timeline.add(message),
                Event::Connected(notice) => self.notices.add(true, notice),
                Event::Disconnected(notice) => self.notices.add(false, notice),
                Event::MemberLeft(notice) => self.channel.close_user(notice.user_id, CloseReason::NOT_A_MEMBER),
                // The dispatcher deals with sessions; membership itself isn't shown on the seed's socket.
                Event::MemberJoined(_) | Event::SessionRevoked { .. } | Event::UserRevoked { .. } => {}
            }
        }
    }

    /// Reads from the store what is missing; answers whether that worked.
    async fn catch_up(&mut self, released: &mut Vec<Arc<Message>>) -> bool {
        loop {
            let size = PageSize::clamped(None, PAGE, PAGE);
            let page = match self.ports.messages.changes(self.channel.id, self.timeline.head(), size).await {
                Ok(page) => page,
                Err(error) => {
                    log_failure(&self.channel, &error);
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
    fn deliver(&mut self, released: &[Arc<Message>], notices_are_due: bool) {
        let label = &self.channel.label;
        let mut frames = if notices_are_due { self.notices.take(label) } else { Vec::new() };
        frames.extend(released.iter().map(|message| Frame::timeline(message, label)));
        if !frames.is_empty() {
            self.channel.deliver(&frames, self.timeline.head());
        }
    }
}

fn log_failure(channel: &RoomChannel, error: &RepositoryError) {
    warn!(room = %channel.id, error = %error, cause = ?error, "the room's timeline can't be read; trying again");
}
