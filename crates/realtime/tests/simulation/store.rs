//! A store that takes its time, sometimes can't be reached, and sometimes answers too late to be heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::Ports;
use domain::model::*;
use domain::port::*;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::chance::Chance;

/// What a store has to cope with.
pub(crate) struct Weather {
    chance: Chance,
    /// While true the store answers at once.
    pub(crate) calm: AtomicBool,
    /// While true the store can't be reached.
    pub(crate) out: AtomicBool,
}

impl Weather {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self { chance: Chance::new(seed), calm: AtomicBool::new(true), out: AtomicBool::new(false) })
    }

    async fn pass(&self) {
        if self.calm.load(Ordering::SeqCst) {
            return;
        }
        match self.chance.below(10) {
            0..=4 => {}
            5..=7 => yield_now().await,
            8 => sleep(self.chance.millis(20)).await,
            _ => sleep(self.chance.millis(200)).await,
        }
    }

    async fn before(&self) -> Result<(), RepositoryError> {
        self.pass().await;
        if self.out.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable(Cause::new("an outage")));
        }
        Ok(())
    }

    /// Fails now and then although the store did what it was asked for.
    async fn unheard(&self) -> Result<(), RepositoryError> {
        self.pass().await;
        if !self.calm.load(Ordering::SeqCst) && self.chance.one_in(40) {
            return Err(RepositoryError::Timeout(Cause::new("the answer got lost")));
        }
        Ok(())
    }
}

/// A port in that weather.
struct Stormy<P: ?Sized> {
    inner: Arc<P>,
    weather: Arc<Weather>,
}

/// Puts the ports that the gateway reads into that weather.
pub(crate) fn expose(ports: &mut Ports, weather: &Arc<Weather>) {
    fn stormy<P: ?Sized>(inner: &Arc<P>, weather: &Arc<Weather>) -> Arc<Stormy<P>> {
        Arc::new(Stormy { inner: Arc::clone(inner), weather: Arc::clone(weather) })
    }
    ports.rooms = stormy(&ports.rooms, weather);
    ports.messages = stormy(&ports.messages, weather);
    ports.memberships = stormy(&ports.memberships, weather);
    ports.read_states = stormy(&ports.read_states, weather);
    ports.dataset = stormy(&ports.dataset, weather);
    ports.sessions = stormy(&ports.sessions, weather);
}

/// Asks the port behind, in bad weather.
macro_rules! ask {
    ($self:ident.$call:ident($($argument:expr),*)) => {{
        $self.weather.before().await?;
        let answer = $self.inner.$call($($argument),*).await;
        $self.weather.pass().await;
        answer
    }};
}

#[async_trait]
impl RoomRepository for Stormy<dyn RoomRepository> {
    async fn insert(&self, new: NewRoom) -> Result<(), RepositoryError> {
        ask!(self.insert(new))
    }
    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError> {
        ask!(self.find(room))
    }
    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError> {
        ask!(self.access(room, user_id))
    }
    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError> {
        ask!(self.overview(room, user_id))
    }
    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError> {
        ask!(self.set_edit_window(room_id, window))
    }
    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        ask!(self.list_of(user_id, after, size))
    }
    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        ask!(self.directory(user_id, query, after, size))
    }
}

#[async_trait]
impl MessageRepository for Stormy<dyn MessageRepository> {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let appended = ask!(self.append(message))?;
        self.weather.unheard().await?;
        Ok(appended)
    }
    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let changed = ask!(self.change(id, change))?;
        self.weather.unheard().await?;
        Ok(changed)
    }
    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        ask!(self.versions(id))
    }
    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        ask!(self.pinned(room_id, before, size))
    }
    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        ask!(self.find(id))
    }
    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        ask!(self.page(room_id, anchor, size))
    }
    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        ask!(self.latest_live(room_id, before, size))
    }
    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        ask!(self.changes(room_id, after, size))
    }
}

#[async_trait]
impl MembershipRepository for Stormy<dyn MembershipRepository> {
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError> {
        ask!(self.join(membership))
    }
    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        ask!(self.leave(room_id, user_id))
    }
    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError> {
        ask!(self.find_named(room_id, names))
    }
    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError> {
        ask!(self.list(room_id, after, size))
    }
}

#[async_trait]
impl ReadStateRepository for Stormy<dyn ReadStateRepository> {
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        ask!(self.mark(marker))
    }
    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError> {
        ask!(self.read_state(room_id, user_id))
    }
    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        ask!(self.receipts(room_id))
    }
}

#[async_trait]
impl DatasetRepository for Stormy<dyn DatasetRepository> {
    async fn epoch(&self) -> Result<Epoch, RepositoryError> {
        ask!(self.epoch())
    }
    async fn check(&self) -> Result<(), RepositoryError> {
        ask!(self.check())
    }
}

#[async_trait]
impl SessionRepository for Stormy<dyn SessionRepository> {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        ask!(self.insert(new))
    }
    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        ask!(self.find(id))
    }
    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        ask!(self.list(user_id))
    }
    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        ask!(self.rotate(request))
    }
    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        ask!(self.revoke(user_id, id))
    }
    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        ask!(self.revoke_all(user_id, except))
    }
}
