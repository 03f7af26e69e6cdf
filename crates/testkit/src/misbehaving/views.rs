//! Timelines that store what they are told and show something else.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{
    ChangeKind, ChangesPage, Message, MessageChange, MessageId, MessagePage, MessageState, MessageVersion, NewMessage,
    PageAnchor, PageSize, Reactions, ReplyPreview, RoomId, RoomRev, RoomSeq,
};
use domain::port::{AppendError, Appended, Changed, MessageRepository, RepositoryError};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ViewFault {
    QuotesWhatWasAnsweredThen,
    QuotesInListsWhatWasAnsweredThen,
    QuotesToTheAuthorWhatTheyHadRead,
    QuotesNothing,
    DropsReactionsOfEditedMessages,
    ForgetsWhenMessagesWerePosted,
    CallsEveryChangeAnEdit,
    HidesEditsFromCatchingUp,
    ListsEveryChangeOfAMessage,
    OrdersPinsByTheirChange,
    IgnoresTheCursorOfPins,
    KeepsDeletedMessagesPinned,
    ForgetsThreads,
}

use ViewFault as Fault;

/// Honest timelines behind one fault.
pub struct MisbehavingViews {
    inner: Arc<dyn MessageRepository>,
    fault: ViewFault,
    quotes: Mutex<HashMap<MessageId, ReplyPreview>>,
    pinned: Mutex<Vec<MessageId>>,
}

impl MisbehavingViews {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn MessageRepository>, fault: ViewFault) -> Self {
        Self { inner, fault, quotes: Mutex::default(), pinned: Mutex::default() }
    }

    /// Shows a stored message as this store would.
    fn show(&self, mut message: Message) -> Message {
        match self.fault {
            Fault::QuotesWhatWasAnsweredThen => message = self.quote(message),
            Fault::QuotesNothing => message.reply_to = None,
            Fault::ForgetsWhenMessagesWerePosted => message.posted_rev = message.rev,
            Fault::CallsEveryChangeAnEdit if message.rev > message.posted_rev => message.change = ChangeKind::Edit,
            Fault::ForgetsThreads => message.thread = None,
            Fault::DropsReactionsOfEditedMessages => {
                if let MessageState::Live(content) = &mut message.state
                    && content.edited_at.is_some()
                {
                    content.reactions = Reactions::default();
                }
            }
            _ => {}
        }
        message
    }

    /// Puts the preview in that the message was appended with.
    fn quote(&self, mut message: Message) -> Message {
        let quotes = self.quotes.lock().unwrap_or_else(PoisonError::into_inner);
        message.reply_to = quotes.get(&message.id).cloned().or(message.reply_to);
        message
    }

    /// Shows messages of a list.
    fn list(&self, messages: Vec<Message>) -> Vec<Message> {
        let shown = messages.into_iter().map(|message| match self.fault {
            Fault::QuotesInListsWhatWasAnsweredThen => self.quote(message),
            _ => self.show(message),
        });
        shown.collect()
    }
}

#[async_trait]
impl MessageRepository for MisbehavingViews {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let (id, given) = (message.id, message.reply_to.clone());
        let Appended { message, duplicate } = self.inner.append(message).await?;
        if let Some(given) = given {
            self.quotes.lock().unwrap_or_else(PoisonError::into_inner).insert(id, given);
        }
        let message = match self.fault {
            Fault::QuotesToTheAuthorWhatTheyHadRead => self.quote(message),
            _ => self.show(message),
        };
        Ok(Appended { message, duplicate })
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        if matches!(change, MessageChange::Pin(_)) {
            self.pinned.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        }
        Ok(match self.inner.change(id, change).await? {
            Changed::Done(message) => Changed::Done(self.show(message)),
            Changed::Unchanged(message) => Changed::Unchanged(self.show(message)),
            Changed::Refused(refusal, message) => Changed::Refused(refusal, self.show(message)),
            Changed::Absent => Changed::Absent,
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
        let before = before.filter(|_| self.fault != Fault::IgnoresTheCursorOfPins);
        let mut pinned = self.list(self.inner.pinned(room_id, before, size).await?);
        match self.fault {
            Fault::OrdersPinsByTheirChange => pinned.sort_by_key(|message| std::cmp::Reverse(message.rev)),
            Fault::KeepsDeletedMessagesPinned => {
                let ever = self.pinned.lock().unwrap_or_else(PoisonError::into_inner).clone();
                for id in ever {
                    pinned.extend(self.inner.find(id).await?.filter(Message::is_deleted));
                }
            }
            _ => {}
        }
        Ok(pinned)
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        Ok(self.inner.find(id).await?.map(|message| self.show(message)))
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        let mut page = self.inner.page(room_id, anchor, size).await?;
        page.items = self.list(page.items);
        Ok(page)
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        Ok(self.list(self.inner.latest_live(room_id, before, size).await?))
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        let mut page = self.inner.changes(room_id, after, size).await?;
        page.items = self.list(page.items);
        match self.fault {
            Fault::HidesEditsFromCatchingUp => page.items.retain(|message| message.change != ChangeKind::Edit),
            Fault::ListsEveryChangeOfAMessage => {
                let earlier = |message: &Message| message.posted_rev > after && message.posted_rev < message.rev;
                let posts: Vec<Message> = page.items.iter().filter(|message| earlier(message)).cloned().collect();
                page.items.extend(posts.into_iter().map(|post| Message { rev: post.posted_rev, ..post }));
                page.items.sort_by_key(|message| message.rev);
            }
            _ => {}
        }
        Ok(page)
    }
}

impl fmt::Debug for MisbehavingViews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingViews").field("fault", &self.fault).finish_non_exhaustive()
    }
}
