//! Rooms that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{
    EditWindow, NewRoom, PageSize, Room, RoomAccess, RoomId, RoomName, RoomOverview, RoomRef, Topic, UserId,
};
use domain::port::{RepositoryError, RoomRepository};

use crate::builders::page_size;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RoomFault {
    TakesQueriesForPatterns,
    OrdersNamesByUtf16,
    LosesTopics,
    SwallowsRefusals,
    MiscountsMembers,
    FiltersAfterPaging,
    IgnoresTheCursor,
    LosesEditWindows,
    RemembersEditWindows,
    ShowsReadStatesToNobody,
}

/// Honest rooms behind one fault.
pub struct MisbehavingRooms {
    inner: Arc<dyn RoomRepository>,
    fault: RoomFault,
    windows: Mutex<HashMap<RoomId, Option<EditWindow>>>,
}

impl MisbehavingRooms {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn RoomRepository>, fault: RoomFault) -> Self {
        Self { inner, fault, windows: Mutex::default() }
    }
}

#[async_trait]
impl RoomRepository for MisbehavingRooms {
    async fn insert(&self, mut new: NewRoom) -> Result<(), RepositoryError> {
        if self.fault == RoomFault::LosesTopics {
            new.room.topic = Topic::default();
        }
        let inserted = self.inner.insert(new).await;
        if self.fault == RoomFault::SwallowsRefusals { Ok(()) } else { inserted }
    }

    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError> {
        self.inner.find(room).await
    }

    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError> {
        let mut access = self.inner.access(room, user_id).await?;
        if let Some(access) = access.as_mut().filter(|_| self.fault == RoomFault::RemembersEditWindows) {
            let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
            access.room.edit_window = *windows.entry(access.room.id).or_insert(access.room.edit_window);
        }
        Ok(access)
    }

    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError> {
        let mut overview = self.inner.overview(room, user_id).await?;
        if let Some(overview) = overview.as_mut().filter(|_| self.fault == RoomFault::MiscountsMembers) {
            overview.member_count = 1;
        }
        if let Some(overview) = overview.as_mut().filter(|_| self.fault == RoomFault::ShowsReadStatesToNobody) {
            overview.read_state = None;
        }
        Ok(overview)
    }

    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError> {
        let window = window.filter(|_| self.fault != RoomFault::LosesEditWindows);
        self.inner.set_edit_window(room_id, window).await
    }

    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        self.inner.list_of(user_id, after.filter(|_| self.fault != RoomFault::IgnoresTheCursor), size).await
    }

    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        match self.fault {
            RoomFault::TakesQueriesForPatterns => {
                let query = query.trim_matches(['%', '_', '.', '*', '?']);
                self.inner.directory(user_id, query, after, size).await
            }
            RoomFault::OrdersNamesByUtf16 => {
                let mut found = self.inner.directory(user_id, query, after, size).await?;
                found.sort_by_key(|overview| {
                    let name = overview.access.room.name.as_ref().map(RoomName::as_str).unwrap_or_default();
                    name.encode_utf16().collect::<Vec<_>>()
                });
                Ok(found)
            }
            RoomFault::FiltersAfterPaging => {
                let page = self.inner.directory(user_id, "", after, size).await?;
                let all = self.inner.directory(user_id, query, None, page_size(1000)).await?;
                Ok(page.into_iter().filter(|overview| all.contains(overview)).collect())
            }
            _ => self.inner.directory(user_id, query, after, size).await,
        }
    }
}

impl fmt::Debug for MisbehavingRooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingRooms").field("fault", &self.fault).finish_non_exhaustive()
    }
}
