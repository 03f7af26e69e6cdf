//! Read positions that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{Marker, Message, PageAnchor, ReadState, Receipt, RoomId, RoomSeq, UserId};
use domain::port::{Marking, MembershipRepository, MessageRepository, ReadStateRepository, RepositoryError};

use super::dawdle;
use crate::builders::page_size;
use crate::stores::Stores;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ReadStateFault {
    GoesBackUnasked,
    GoesBackUnderLoad,
    NeverGoesBack,
    AcceptsNumbersBeyondTheHead,
    CountsOnesOwn,
    CountsDeletedMessages,
    CountsEditedMessagesAgain,
    CountsEveryCallOfAMessage,
    OverlooksCallsOfEverybody,
    RemembersCountsUntilTheNextMark,
    KeepsPositionsOfThoseWhoLeft,
    ShowsEverybodysReceipts,
}

use ReadStateFault as Fault;

/// Honest read positions behind one fault.
pub struct MisbehavingReadStates {
    inner: Arc<dyn ReadStateRepository>,
    messages: Arc<dyn MessageRepository>,
    memberships: Arc<dyn MembershipRepository>,
    fault: ReadStateFault,
    remembered: Mutex<HashMap<(RoomId, UserId), ReadState>>,
}

impl MisbehavingReadStates {
    /// Puts the fault before the honest repository.
    pub fn new(honest: &Stores, fault: ReadStateFault) -> Self {
        Self {
            inner: Arc::clone(&honest.read_states),
            messages: Arc::clone(&honest.messages),
            memberships: Arc::clone(&honest.memberships),
            fault,
            remembered: Mutex::default(),
        }
    }

    fn counts(&self, message: &Message, read_seq: RoomSeq, user_id: UserId) -> bool {
        let edited = message.content().is_some_and(|content| content.edited_at.is_some());
        let new = message.seq > read_seq || (self.fault == Fault::CountsEditedMessagesAgain && edited);
        let others = message.author.id != user_id || self.fault == Fault::CountsOnesOwn;
        new && others && (!message.is_deleted() || self.fault == Fault::CountsDeletedMessages)
    }

    fn calls(&self, message: &Message, user_id: UserId) -> u64 {
        let Some(mentions) = message.content().map(|content| &content.mentions) else { return 0 };
        let by_name = mentions.users.contains(&user_id);
        match self.fault {
            Fault::CountsEveryCallOfAMessage => [by_name, mentions.room, mentions.here].map(u64::from).iter().sum(),
            Fault::OverlooksCallsOfEverybody => u64::from(by_name),
            _ => u64::from(mentions.concern(user_id)),
        }
    }

    /// Counts in this store's own way.
    async fn recount(&self, room_id: RoomId, user_id: UserId, seq: RoomSeq) -> Result<ReadState, RepositoryError> {
        let all = self.messages.page(room_id, PageAnchor::Latest, page_size(10_000)).await?.items;
        let unread: Vec<&Message> = all.iter().filter(|message| self.counts(message, seq, user_id)).collect();
        let mentions = unread.iter().map(|message| self.calls(message, user_id)).sum();
        Ok(ReadState { read_seq: seq, unread: unread.len() as u64, mentions })
    }

    /// Moves a position in this store's own way.
    async fn own_mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        let back = match self.fault {
            Fault::GoesBackUnasked => true,
            Fault::NeverGoesBack => false,
            Fault::GoesBackUnderLoad => {
                let before = self.inner.read_state(marker.room_id, marker.user_id).await?;
                dawdle().await;
                marker.back || before.is_some_and(|state| marker.seq > state.read_seq)
            }
            _ => marker.back,
        };
        match self.inner.mark(Marker { back, ..marker }).await? {
            Marking::BeyondHead(seq) if self.fault == Fault::AcceptsNumbersBeyondTheHead => {
                self.inner.mark(Marker { seq, ..marker }).await
            }
            marking => Ok(marking),
        }
    }

    fn remember(&self, room_id: RoomId, user_id: UserId, state: ReadState) {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).insert((room_id, user_id), state);
    }

    fn remembered(&self, room_id: RoomId, user_id: UserId) -> Option<ReadState> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&(room_id, user_id)).copied()
    }
}

#[async_trait]
impl ReadStateRepository for MisbehavingReadStates {
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        let marking = self.own_mark(marker).await?;
        let (Marking::Moved(state) | Marking::Unmoved(state)) = marking else { return Ok(marking) };
        let counted = self.recount(marker.room_id, marker.user_id, state.read_seq).await?;
        self.remember(marker.room_id, marker.user_id, counted);
        Ok(if matches!(marking, Marking::Moved(_)) { Marking::Moved(counted) } else { Marking::Unmoved(counted) })
    }

    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError> {
        let earlier = self.remembered(room_id, user_id);
        let position = match (self.inner.read_state(room_id, user_id).await?, earlier) {
            (_, Some(earlier)) if self.fault == Fault::KeepsPositionsOfThoseWhoLeft => earlier.read_seq,
            (Some(_), Some(earlier)) if self.fault == Fault::RemembersCountsUntilTheNextMark => {
                return Ok(Some(earlier));
            }
            (Some(state), _) => state.read_seq,
            (None, _) => return Ok(None),
        };
        let counted = self.recount(room_id, user_id, position).await?;
        self.remember(room_id, user_id, counted);
        Ok(Some(counted))
    }

    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        if self.fault != Fault::ShowsEverybodysReceipts {
            return self.inner.receipts(room_id).await;
        }
        let mut receipts = Vec::new();
        for member in self.memberships.list(room_id, None, page_size(1000)).await? {
            let state = self.inner.read_state(room_id, member.user_id).await?;
            receipts.extend(state.map(|state| Receipt { user_id: member.user_id, read_seq: state.read_seq }));
        }
        Ok(Some(receipts))
    }
}

impl fmt::Debug for MisbehavingReadStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingReadStates").field("fault", &self.fault).finish_non_exhaustive()
    }
}
