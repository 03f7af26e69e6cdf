//! Timelines that can't be relied on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{
    ChangeKind, ChangeRefusal, ChangesPage, Mentions, Message, MessageBody, MessageChange, MessageContent, MessageId,
    MessagePage, MessageState, MessageVersion, NewMessage, PageAnchor, PageSize, RoomId, RoomRev, RoomSeq, Timestamp,
};
use domain::port::{AppendError, Appended, Changed, MessageRepository, RepositoryError};

use super::dawdle;
use crate::builders::page_size;
use crate::ids::fresh_id;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MessageFault {
    LosesEveryThirdMessage,
    StoresMessagesTwice,
    ReordersAppends,
    ForgetsNonces,
    ForgetsNoncesUnderLoad,
    OverlooksOtherTextsUnderANonce,
    SharesNoncesBetweenAuthors,
    BringsTombstonesBackForTheirNonce,
    LetsOutsidersIn,
    LeavesGapsInSeq,
    GivesNumbersTwice,
    HidesTheLastButOne,
    KeepsDeletedText,
    DeletesTwice,
    KeepsTheRevOfDeleted,
    IgnoresPageSizes,
    ReversesPages,
    IncludesTheCursor,
    GuessesWhatLiesAroundAPage,
    LeavesPagesOfLiveMessagesUnfilled,
    OrdersChangesBySeq,
    GuessesWhetherThereIsMore,
    CutsTextAtNul,
    TrimsText,
    RoundsTimesToSeconds,
}

use MessageFault as Fault;

/// An honest timeline behind one fault.
pub struct MisbehavingMessages {
    inner: Arc<dyn MessageRepository>,
    fault: MessageFault,
    appends: AtomicUsize,
    texts: Mutex<HashMap<MessageId, MessageBody>>,
}

impl MisbehavingMessages {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn MessageRepository>, fault: MessageFault) -> Self {
        Self { inner, fault, appends: AtomicUsize::new(0), texts: Mutex::default() }
    }

    /// Shows a stored message as this store would.
    fn show(&self, mut message: Message) -> Message {
        let number = message.seq.get();
        match self.fault {
            Fault::LeavesGapsInSeq => message.seq = RoomSeq::new(number * 2 - 1).unwrap_or(RoomSeq::MAX),
            Fault::GivesNumbersTwice => message.seq = RoomSeq::new(number.div_ceil(2)).unwrap_or(RoomSeq::MAX),
            Fault::KeepsDeletedText if message.is_deleted() => {
                let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(body) = texts.get(&message.id).cloned() {
                    message.state = MessageState::Live(MessageContent::new(body, Mentions::default()));
                }
            }
            Fault::RoundsTimesToSeconds => {
                message.created_at = Timestamp::from_millis(message.created_at.as_millis() / 1000 * 1000);
            }
            _ => {}
        }
        message
    }

    fn show_all(&self, messages: Vec<Message>) -> Vec<Message> {
        messages.into_iter().map(|message| self.show(message)).collect()
    }

    async fn everything(&self, room_id: RoomId) -> Result<Vec<Message>, RepositoryError> {
        Ok(self.inner.page(room_id, PageAnchor::Latest, page_size(10_000)).await?.items)
    }

    async fn earlier(&self, new: &NewMessage, by_anybody: bool) -> Result<Option<Message>, RepositoryError> {
        let all = self.everything(new.room_id).await?;
        let same = |message: &&Message| {
            message.nonce.is_some() && message.nonce == new.nonce && (by_anybody || message.author.id == new.author.id)
        };
        Ok(all.iter().find(same).cloned())
    }

    /// Answers as if the message had been stored.
    async fn pretend(&self, new: NewMessage) -> Result<Appended, AppendError> {
        let head = self.inner.page(new.room_id, PageAnchor::Latest, page_size(1)).await?.head;
        Ok(Appended { message: new.numbered(head.seq.next(), head.rev.next()), duplicate: false })
    }

    async fn append_without_nonce(&self, mut new: NewMessage) -> Result<Appended, AppendError> {
        let nonce = new.nonce.take();
        let mut appended = self.inner.append(new).await?;
        appended.message.nonce = nonce;
        Ok(appended)
    }

    /// Carries out an append in this store's own way, if the fault lies there.
    async fn own_append(&self, new: &NewMessage) -> Result<Option<Appended>, AppendError> {
        let count = self.appends.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(match self.fault {
            Fault::LosesEveryThirdMessage if count.is_multiple_of(3) => Some(self.pretend(new.clone()).await?),
            Fault::StoresMessagesTwice => {
                let again = NewMessage { id: MessageId::new(fresh_id()), nonce: None, ..new.clone() };
                let appended = self.inner.append(new.clone()).await?;
                self.inner.append(again).await?;
                Some(appended)
            }
            Fault::ReordersAppends if count.is_multiple_of(2) => {
                dawdle().await;
                None
            }
            Fault::ForgetsNonces => Some(self.append_without_nonce(new.clone()).await?),
            Fault::ForgetsNoncesUnderLoad => {
                let earlier = self.earlier(new, false).await?;
                dawdle().await;
                match earlier {
                    Some(message) => Some(Appended { message, duplicate: true }),
                    None => Some(self.append_without_nonce(new.clone()).await?),
                }
            }
            Fault::OverlooksOtherTextsUnderANonce | Fault::SharesNoncesBetweenAuthors => {
                let by_anybody = self.fault == Fault::SharesNoncesBetweenAuthors;
                self.earlier(new, by_anybody).await?.map(|message| Appended { message, duplicate: true })
            }
            Fault::BringsTombstonesBackForTheirNonce => match self.earlier(new, false).await? {
                Some(earlier) if earlier.is_deleted() => Some(self.append_without_nonce(new.clone()).await?),
                _ => None,
            },
            _ => None,
        })
    }

    fn spoil(&self, mut new: NewMessage) -> NewMessage {
        let text = new.body.as_str();
        let spoilt = match self.fault {
            Fault::CutsTextAtNul => text.split('\0').next().unwrap_or_default(),
            Fault::TrimsText => text.trim(),
            _ => return new,
        };
        if let Ok(body) = MessageBody::parse(spoilt) {
            new.body = body;
        }
        new
    }
}

#[async_trait]
impl MessageRepository for MisbehavingMessages {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let message = self.spoil(message);
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).insert(message.id, message.body.clone());
        if let Some(mut appended) = self.own_append(&message).await? {
            appended.message = self.show(appended.message);
            return Ok(appended);
        }
        let copy = message.clone();
        match self.inner.append(message).await {
            Ok(Appended { message, duplicate }) => Ok(Appended { message: self.show(message), duplicate }),
            Err(AppendError::NotAMember) if self.fault == Fault::LetsOutsidersIn => self.pretend(copy).await,
            other => other,
        }
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let before = self.inner.find(id).await?;
        Ok(match (self.inner.change(id, change).await?, before) {
            (Changed::Done(message), Some(before))
                if self.fault == Fault::KeepsTheRevOfDeleted && message.change == ChangeKind::Delete =>
            {
                Changed::Done(Message { rev: before.rev, ..message })
            }
            (Changed::Refused(ChangeRefusal::Deleted, message), _) if self.fault == Fault::DeletesTwice => {
                Changed::Done(message)
            }
            (Changed::Done(message), _) => Changed::Done(self.show(message)),
            (other, _) => other,
        })
    }

    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        self.inner.versions(id).await
    }

    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        Ok(self.show_all(self.inner.pinned(room_id, before, size).await?))
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        Ok(self.inner.find(id).await?.map(|message| self.show(message)))
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        let anchor = match (self.fault, anchor) {
            (Fault::IncludesTheCursor, PageAnchor::Before(seq)) if seq < RoomSeq::MAX => PageAnchor::Before(seq.next()),
            (_, anchor) => anchor,
        };
        let asked = if self.fault == Fault::IgnoresPageSizes { page_size(500) } else { size };
        let mut page = self.inner.page(room_id, anchor, asked).await?;
        page.items = self.show_all(page.items);
        match self.fault {
            Fault::ReversesPages => page.items.reverse(),
            Fault::HidesTheLastButOne if page.items.len() > 1 => drop(page.items.remove(page.items.len() - 2)),
            Fault::GuessesWhatLiesAroundAPage => {
                page.has_before = page.items.len() == size.get();
                page.has_after = page.has_before;
            }
            _ => {}
        }
        Ok(page)
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        if self.fault == Fault::LeavesPagesOfLiveMessagesUnfilled {
            let anchor = before.map_or(PageAnchor::Latest, PageAnchor::Before);
            let page = self.inner.page(room_id, anchor, size).await?;
            return Ok(page.items.into_iter().filter(|message| !message.is_deleted()).collect());
        }
        Ok(self.show_all(self.inner.latest_live(room_id, before, size).await?))
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        let mut page = self.inner.changes(room_id, after, size).await?;
        page.items = self.show_all(page.items);
        match self.fault {
            Fault::OrdersChangesBySeq => page.items.sort_by_key(|message| message.seq),
            Fault::GuessesWhetherThereIsMore => page.more = page.items.len() == size.get(),
            _ => {}
        }
        Ok(page)
    }
}

impl std::fmt::Debug for MisbehavingMessages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MisbehavingMessages").field("fault", &self.fault).finish_non_exhaustive()
    }
}
