//! Who is there, as this node knows it from its own connections and from what other nodes report.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::model::{
    Availability, ChosenPresence, NodeId, NodePresence, PresenceReport, Status, StatusText, Timestamp, UserId,
};
use protocol::PresenceDto;
use tokio::time::Instant;

use crate::outbox::Outbox;
use crate::room::RoomChannel;

/// How long a user whose last connection closed is still shown: a reload causes no flap.
const GRACE: Duration = Duration::from_secs(10);
/// After how long without a sign of the user themselves they are idle.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// How often a node gives a sign of life to the others.
const REPORT: Duration = Duration::from_secs(20);
/// After how long without one its users are taken to be gone.
const NODE_SILENCE: Duration = Duration::from_secs(60);

/// Who is there. Each call takes the time, so that tests can choose it.
#[derive(Debug)]
pub(crate) struct PresenceBoard {
    node: NodeId,
    state: Mutex<Board>,
}

#[derive(Debug, Default)]
struct Board {
    local: HashMap<UserId, Local>,
    remote: HashMap<NodeId, Remote>,
    /// What others were last told; whoever isn't here is offline to them.
    shown: HashMap<UserId, Shown>,
    /// Users of this node that other nodes have yet to hear of.
    unreported: HashSet<UserId>,
    reported_at: Option<Instant>,
}

/// A user with connections to this node, or who had one a moment ago.
#[derive(Debug)]
struct Local {
    connections: usize,
    active_at: Instant,
    /// When the last connection closed.
    left: Option<(Instant, Timestamp)>,
    chosen: ChosenPresence,
}

#[derive(Debug)]
struct Remote {
    heard_at: Instant,
    users: HashMap<UserId, NodePresence>,
}

/// What others see of somebody who isn't offline.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    status: Status,
    text: Option<StatusText>,
}

/// What there is to tell.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// To the connections of this node.
    pub(crate) changed: Vec<(UserId, PresenceDto)>,
    /// To the other nodes.
    pub(crate) report: Option<PresenceReport>,
    /// To the store: who left, and when.
    pub(crate) seen: Vec<(UserId, Timestamp)>,
}

impl PresenceBoard {
    /// Makes an empty board for a node of that name.
    pub(crate) fn new(node: NodeId) -> Self {
        Self { node, state: Mutex::default() }
    }

    /// Notes that a connection opened.
    pub(crate) fn connect(&self, user: UserId, chosen: ChosenPresence, now: Instant) {
        let mut board = self.lock();
        let fresh = || Local { connections: 0, active_at: now, left: None, chosen: ChosenPresence::default() };
        let local = board.local.entry(user).or_insert_with(fresh);
        local.connections += 1;
        local.active_at = now;
        local.left = None;
        local.chosen = chosen;
        board.unreported.insert(user);
    }

    /// Notes that a connection closed.
    pub(crate) fn disconnect(&self, user: UserId, now: Instant, at: Timestamp) {
        if let Some(local) = self.lock().local.get_mut(&user) {
            local.connections = local.connections.saturating_sub(1);
            if local.connections == 0 {
                local.left = Some((now, at));
            }
        }
    }

    /// Notes a sign of the user themselves.
    pub(crate) fn note_activity(&self, user: UserId, now: Instant) {
        let mut board = self.lock();
        let Some(local) = board.local.get_mut(&user) else {
            return;
        };
        let was_idle = now.duration_since(local.active_at) >= IDLE;
        local.active_at = now;
        if was_idle {
            board.unreported.insert(user);
        }
    }

    /// Notes what a user of this node chose; nothing for others.
    pub(crate) fn choose(&self, user: UserId, chosen: ChosenPresence) {
        let mut board = self.lock();
        if let Some(local) = board.local.get_mut(&user) {
            local.chosen = chosen;
            board.unreported.insert(user);
        }
    }

    /// Takes in what another node reports.
    pub(crate) fn take_report(&self, report: &PresenceReport, now: Instant) {
        if report.node == self.node {
            return;
        }
        let mut board = self.lock();
        let fresh = || Remote { heard_at: now, users: HashMap::new() };
        let remote = board.remote.entry(report.node).or_insert_with(fresh);
        remote.heard_at = now;
        if report.all {
            remote.users.clear();
        }
        for user in &report.users {
            if user.connected {
                remote.users.insert(user.user_id, user.clone());
            } else {
                remote.users.remove(&user.user_id);
            }
        }
    }

    /// Finds out what changed since the last call.
    pub(crate) fn news(&self, now: Instant, wall: Timestamp) -> News {
        let mut board = self.lock();
        let mut news = News { seen: board.drop_gone(now), ..News::default() };
        board.remote.retain(|_, remote| now.duration_since(remote.heard_at) < NODE_SILENCE);
        news.changed = board.changes(now, wall, &news.seen);
        news.report = board.report(self.node, now);
        news
    }

    /// Shows everybody of a room who is there to one connection.
    pub(crate) fn show_room(&self, room: &RoomChannel, to: &Outbox) {
        let board = self.lock();
        let present = room.members_among(board.shown.keys());
        for user in present {
            if let Some(shown) = board.shown.get(&user) {
                to.add_presence(user, &shown.dto());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// Forgets the users of this node whose grace is over.
    fn drop_gone(&mut self, now: Instant) -> Vec<(UserId, Timestamp)> {
        let gone = |local: &Local| match local.left {
            Some((left, at)) if now.duration_since(left) >= GRACE => Some(at),
            _ => None,
        };
        let gone: Vec<_> = self.local.iter().filter_map(|(user, local)| Some((*user, gone(local)?))).collect();
        for (user, _) in &gone {
            self.local.remove(user);
            self.unreported.insert(*user);
        }
        gone
    }

    fn changes(&mut self, now: Instant, wall: Timestamp, seen: &[(UserId, Timestamp)]) -> Vec<(UserId, PresenceDto)> {
        let remote = self.remote.values().flat_map(|remote| remote.users.keys());
        let candidates: HashSet<UserId> = self.local.keys().chain(remote).chain(self.shown.keys()).copied().collect();
        let mut changed = Vec::new();
        for user in candidates {
            let shown = self.visible(user, now, wall);
            if shown.as_ref() == self.shown.get(&user) {
                continue;
            }
            if let Some(shown) = shown {
                changed.push((user, shown.dto()));
                self.shown.insert(user, shown);
            } else {
                self.shown.remove(&user);
                let last_seen = seen.iter().find(|(other, _)| *other == user).map(|(_, at)| *at);
                changed.push((user, PresenceDto::new(Status::Offline, None, last_seen)));
            }
        }
        changed
    }

    /// Works out what others may see of a user; nothing for «offline».
    fn visible(&self, user: UserId, now: Instant, wall: Timestamp) -> Option<Shown> {
        let local = self.local.get(&user).map(|local| (local.is_active(now), &local.chosen));
        let remote = self.remote.values().filter_map(|remote| remote.users.get(&user));
        let all = local.into_iter().chain(remote.map(|presence| (presence.active, &presence.chosen)));
        let (active, chosen) =
            all.fold((false, None), |(active, chosen), (other, theirs)| (active || other, chosen.or(Some(theirs))));
        let chosen = chosen?.at(wall);
        let status = match chosen.availability {
            Availability::Invisible => return None,
            Availability::DoNotDisturb => Status::DoNotDisturb,
            Availability::Online if active => Status::Online,
            Availability::Online | Availability::Idle => Status::Idle,
        };
        Some(Shown { status, text: chosen.text })
    }

    fn report(&mut self, node: NodeId, now: Instant) -> Option<PresenceReport> {
        let all = self.reported_at.is_none_or(|at| now.duration_since(at) >= REPORT);
        if !all && self.unreported.is_empty() {
            return None;
        }
        let present = |user: UserId, local: Option<&Local>| NodePresence {
            user_id: user,
            connected: local.is_some(),
            active: local.is_some_and(|local| local.is_active(now)),
            chosen: local.map(|local| local.chosen.clone()).unwrap_or_default(),
        };
        let users = if all {
            self.reported_at = Some(now);
            self.local.iter().map(|(user, local)| present(*user, Some(local))).collect()
        } else {
            self.unreported.iter().map(|user| present(*user, self.local.get(user))).collect()
        };
        self.unreported.clear();
        Some(PresenceReport { node, all, users })
    }
}

impl Local {
    fn is_active(&self, now: Instant) -> bool {
        now.duration_since(self.active_at) < IDLE
    }
}

impl Shown {
    fn dto(&self) -> PresenceDto {
        PresenceDto::new(self.status, self.text.as_ref(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::Id;

    const WALL: Timestamp = Timestamp::from_millis(1_000_000);

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    fn board(number: u8) -> PresenceBoard {
        PresenceBoard::new(NodeId::new(Id::from_bytes([number; 12])))
    }

    fn statuses(news: &News) -> Vec<(UserId, &str)> {
        news.changed.iter().map(|(user, presence)| (*user, presence.status.as_str())).collect()
    }

    fn chosen(availability: Availability) -> ChosenPresence {
        ChosenPresence { availability, ..ChosenPresence::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_reload_causes_no_flap_and_leaving_shows_after_the_grace() {
        let (board, start) = (board(1), Instant::now());
        board.connect(user(1), ChosenPresence::default(), start);
        assert_eq!(statuses(&board.news(start, WALL)), [(user(1), "online")]);
        board.disconnect(user(1), start, WALL);
        assert!(board.news(start + Duration::from_secs(9), WALL).changed.is_empty());
        board.connect(user(1), ChosenPresence::default(), start + Duration::from_secs(9));
        assert!(board.news(start + Duration::from_secs(11), WALL).changed.is_empty());
        board.disconnect(user(1), start + Duration::from_secs(12), WALL);
        let news = board.news(start + Duration::from_secs(22), WALL);
        assert_eq!(statuses(&news), [(user(1), "offline")]);
        assert_eq!(news.seen, [(user(1), WALL)]);
        assert!(news.changed[0].1.last_seen_at.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_idle_as_long_as_one_device_saw_them() {
        let (board, start) = (board(1), Instant::now());
        board.connect(user(1), ChosenPresence::default(), start);
        board.connect(user(1), ChosenPresence::default(), start);
        board.news(start, WALL);
        board.note_activity(user(1), start + Duration::from_secs(200));
        assert!(board.news(start + Duration::from_secs(301), WALL).changed.is_empty());
        let news = board.news(start + Duration::from_secs(500), WALL);
        assert_eq!(statuses(&news), [(user(1), "idle")]);
        board.note_activity(user(1), start + Duration::from_secs(501));
        assert_eq!(statuses(&board.news(start + Duration::from_secs(501), WALL)), [(user(1), "online")]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_invisible_look_like_the_absent_and_a_choice_ends_at_its_time() {
        let (board, start) = (board(1), Instant::now());
        board.connect(user(1), chosen(Availability::Invisible), start);
        assert!(board.news(start, WALL).changed.is_empty());
        let until = Some(Timestamp::from_millis(WALL.as_millis() + 5_000));
        board.choose(user(1), ChosenPresence { until, ..chosen(Availability::DoNotDisturb) });
        assert_eq!(statuses(&board.news(start, WALL)), [(user(1), "dnd")]);
        let later = Timestamp::from_millis(WALL.as_millis() + 5_000);
        assert_eq!(statuses(&board.news(start, later)), [(user(1), "online")]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_that_falls_silent_leaves_no_ghosts() {
        let (here, there, start) = (board(1), board(2), Instant::now());
        there.connect(user(7), ChosenPresence::default(), start);
        let report = there.news(start, WALL).report.unwrap();
        assert!(report.all);
        here.take_report(&report, start);
        assert_eq!(statuses(&here.news(start, WALL)), [(user(7), "online")]);
        let again = there.news(start + Duration::from_secs(20), WALL).report.unwrap();
        here.take_report(&again, start + Duration::from_secs(20));
        assert!(here.news(start + Duration::from_secs(79), WALL).changed.is_empty());
        assert_eq!(statuses(&here.news(start + Duration::from_secs(80), WALL)), [(user(7), "offline")]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_one_node_is_there_as_long_as_another_has_them() {
        let (here, there, start) = (board(1), board(2), Instant::now());
        here.connect(user(1), ChosenPresence::default(), start);
        there.connect(user(1), ChosenPresence::default(), start);
        here.take_report(&there.news(start, WALL).report.unwrap(), start);
        here.news(start, WALL);
        here.disconnect(user(1), start, WALL);
        assert!(here.news(start + GRACE, WALL).changed.is_empty());
    }
}
