//! Everything the store holds, with the indexes that find it.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

use domain::model::{
    Epoch, Membership, MessageId, NewTicket, PasswordHash, ReadState, Role, Room, RoomAccess, RoomId, RoomName,
    RoomOverview, RoomRef, RoomSeq, Session, SessionId, StoredPresence, TokenDigest, User, UserId,
};

use crate::timeline::Timeline;

/// An account with what only the store needs.
#[derive(Debug)]
pub(crate) struct StoredUser {
    pub(crate) user: User,
    pub(crate) password_hash: PasswordHash,
}

/// A session with every digest it ever had, so that an old token is recognised as reused.
#[derive(Debug)]
pub(crate) struct StoredSession {
    pub(crate) session: Session,
    pub(crate) current: TokenDigest,
    pub(crate) digests: Vec<TokenDigest>,
}

/// A member's place in a room.
#[derive(Debug)]
pub(crate) struct StoredMember {
    pub(crate) membership: Membership,
    /// How far they have read; never beyond the head.
    pub(crate) read_seq: RoomSeq,
}

/// A room with its timeline and members.
#[derive(Debug)]
pub(crate) struct StoredRoom {
    pub(crate) room: Room,
    pub(crate) timeline: Timeline,
    pub(crate) members: BTreeMap<UserId, StoredMember>,
}

/// Everything. Each index points only at things that exist; whoever changes a thing changes its indexes under
/// the same lock.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) epoch: Epoch,
    pub(crate) users: BTreeMap<UserId, StoredUser>,
    /// By lower-case name, in the order of lists.
    pub(crate) users_by_key: BTreeMap<String, UserId>,
    pub(crate) users_by_skeleton: HashMap<String, UserId>,
    pub(crate) sessions: BTreeMap<SessionId, StoredSession>,
    /// Every digest of every live session, current or not.
    pub(crate) sessions_by_digest: HashMap<TokenDigest, SessionId>,
    pub(crate) rooms: BTreeMap<RoomId, StoredRoom>,
    pub(crate) rooms_by_name: BTreeMap<RoomName, RoomId>,
    pub(crate) rooms_by_user: BTreeSet<(UserId, RoomId)>,
    pub(crate) messages: HashMap<MessageId, (RoomId, RoomSeq)>,
    /// Who chose to follow a thread, or not to.
    pub(crate) follows: HashMap<(MessageId, UserId), bool>,
    pub(crate) presences: BTreeMap<UserId, StoredPresence>,
    pub(crate) tickets: HashMap<TokenDigest, NewTicket>,
}

impl State {
    /// Begins an empty data set under a name of its own.
    pub(crate) fn new() -> Self {
        Self {
            epoch: random_epoch(),
            users: BTreeMap::new(),
            users_by_key: BTreeMap::new(),
            users_by_skeleton: HashMap::new(),
            sessions: BTreeMap::new(),
            sessions_by_digest: HashMap::new(),
            rooms: BTreeMap::new(),
            rooms_by_name: BTreeMap::new(),
            rooms_by_user: BTreeSet::new(),
            messages: HashMap::new(),
            follows: HashMap::new(),
            presences: BTreeMap::new(),
            tickets: HashMap::new(),
        }
    }

    /// Finds a room by id or name.
    pub(crate) fn room(&self, room: &RoomRef) -> Option<&StoredRoom> {
        match room {
            RoomRef::Id(id) => self.rooms.get(id),
            RoomRef::Name(name) => self.rooms_by_name.get(name).and_then(|id| self.rooms.get(id)),
        }
    }

    /// Finds the timeline that has a message, and its place there.
    pub(crate) fn place_of(&self, id: MessageId) -> Option<(&Timeline, RoomSeq)> {
        let (room_id, seq) = self.messages.get(&id)?;
        Some((&self.rooms.get(room_id)?.timeline, *seq))
    }

    /// Removes a session with all its digests.
    pub(crate) fn end_session(&mut self, id: SessionId) -> Option<Session> {
        let stored = self.sessions.remove(&id)?;
        for digest in &stored.digests {
            self.sessions_by_digest.remove(digest);
        }
        Some(stored.session)
    }
}

impl StoredRoom {
    /// Makes a room with its owner as only member.
    pub(crate) fn new(room: Room, owner: UserId) -> Self {
        let membership = Membership { room_id: room.id, user_id: owner, role: Role::Owner, joined_at: room.created_at };
        let owns = StoredMember { membership, read_seq: RoomSeq::ZERO };
        Self { room, timeline: Timeline::default(), members: BTreeMap::from([(owner, owns)]) }
    }

    /// Gives the room as that user stands to it.
    pub(crate) fn access(&self, user_id: UserId) -> RoomAccess {
        let membership = self.members.get(&user_id).map(|member| member.membership.clone());
        RoomAccess { room: self.room.clone(), membership }
    }

    /// Gives the room as lists show it to that user.
    pub(crate) fn overview(&self, user_id: UserId) -> RoomOverview {
        RoomOverview {
            access: self.access(user_id),
            head: self.timeline.head(),
            member_count: self.member_count(),
            read_state: self.read_state(user_id),
        }
    }

    /// Gives how many members it has.
    pub(crate) fn member_count(&self) -> u64 {
        u64::try_from(self.members.len()).unwrap_or(u64::MAX)
    }

    /// Gives how far a member has read and what that leaves.
    pub(crate) fn read_state(&self, user_id: UserId) -> Option<ReadState> {
        let member = self.members.get(&user_id)?;
        Some(self.timeline.read_state(user_id, member.read_seq))
    }
}

/// Takes 128 bits from the randomness that the standard library seeds its hash maps with: enough to tell one
/// data set from another, and no secret.
fn random_epoch() -> Epoch {
    let word = || RandomState::new().hash_one("epoch");
    Epoch::new(format!("{:016x}{:016x}", word(), word()))
}
