//! Changes of messages that can't be relied on.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{
    ChangeRefusal, ChangesPage, Emoji, Message, MessageBody, MessageChange, MessageContent, MessageId, MessagePage,
    MessageState, MessageVersion, NewMessage, PageAnchor, PageSize, Pin, Reaction, Reactions, RoomId, RoomRev, RoomSeq,
    UserId,
};
use domain::port::{AppendError, Appended, Changed, MessageRepository, RepositoryError};

use super::dawdle;
use crate::builders::BASE_TIME;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChangeFault {
    EditsWithoutLookingAtVersions,
    TakesRepeatsForConflicts,
    TakesNumbersForNothing,
    BringsTombstonesBackByEdits,
    LosesReactionsUnderLoad,
    AllowsAnyNumberOfKinds,
    KeepsVersionsOfDeletedMessages,
    KeepsNoVersions,
    ListsVersionsNewestFirst,
    KeepsWhomTheFirstTextCalled,
    CutsEditedTextAtNul,
    JudgesNoncesByEditedTexts,
}

use ChangeFault as Fault;

/// Honest timelines behind one fault.
pub struct MisbehavingChanges {
    inner: Arc<dyn MessageRepository>,
    fault: ChangeFault,
    versions: Mutex<HashMap<MessageId, Vec<MessageVersion>>>,
}

impl MisbehavingChanges {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn MessageRepository>, fault: ChangeFault) -> Self {
        Self { inner, fault, versions: Mutex::default() }
    }

    /// Makes of a change what this store makes of it before it is carried out.
    async fn spoil(&self, id: MessageId, change: MessageChange) -> Result<MessageChange, RepositoryError> {
        let MessageChange::Edit { mut body, mut mentions, mut seen, at } = change else { return Ok(change) };
        let current = self.inner.find(id).await?;
        if let Some(content) = current.as_ref().and_then(Message::content) {
            match self.fault {
                Fault::EditsWithoutLookingAtVersions => seen = content.version,
                Fault::KeepsWhomTheFirstTextCalled => mentions = content.mentions.clone(),
                Fault::CutsEditedTextAtNul => {
                    let cut = body.as_str().split('\0').next().unwrap_or_default();
                    body = MessageBody::parse(cut).unwrap_or(body);
                }
                _ => {}
            }
        }
        Ok(MessageChange::Edit { body, mentions, seen, at })
    }

    /// Reads the reactions, thinks, and writes what it thought of, whatever happened meanwhile.
    async fn overwrite_reactions(&self, id: MessageId, change: &MessageChange) -> Result<(), RepositoryError> {
        let Some(read) = self.inner.find(id).await?.and_then(|message| message.reactions().cloned()) else {
            return Ok(());
        };
        let wanted = match change {
            MessageChange::React { by, emoji } => read.with(*emoji, *by),
            MessageChange::Unreact { by, emoji } => Some(read.without(*emoji, *by)),
            _ => None,
        };
        dawdle().await;
        let now = self.inner.find(id).await?.and_then(|message| message.reactions().cloned());
        let (wanted, now) = (pairs(&wanted.unwrap_or(read)), pairs(&now.unwrap_or_default()));
        for (emoji, by) in now.difference(&wanted) {
            self.inner.change(id, MessageChange::Unreact { by: *by, emoji: *emoji }).await?;
        }
        Ok(())
    }

    /// Uses up numbers by pinning and unpinning.
    async fn waste_numbers(&self, message: Message) -> Result<Message, RepositoryError> {
        let pin = message.content().and_then(|content| content.pin);
        let pin = MessageChange::Pin(pin.unwrap_or(Pin { at: BASE_TIME, by: message.author.id }));
        self.inner.change(message.id, pin).await?;
        self.inner.change(message.id, MessageChange::Unpin).await?;
        Ok(self.inner.find(message.id).await?.unwrap_or(message))
    }

    fn resurrect(change: &MessageChange, mut message: Message) -> Option<Message> {
        let MessageChange::Edit { body, mentions, .. } = change else { return None };
        message.state = MessageState::Live(MessageContent::new(body.clone(), mentions.clone()));
        Some(message)
    }

    fn squeeze_in(change: &MessageChange, mut message: Message) -> Message {
        if let (MessageChange::React { by, emoji }, MessageState::Live(content)) = (change, &mut message.state) {
            let mut kinds = content.reactions.as_slice().to_vec();
            kinds.push(Reaction { emoji: *emoji, users: vec![*by] });
            content.reactions = Reactions::from_stored(kinds);
        }
        message
    }
}

/// Gives who reacted with what, whatever the order.
fn pairs(reactions: &Reactions) -> BTreeSet<(Emoji, UserId)> {
    let each = |reaction: &Reaction| reaction.users.iter().map(|user| (reaction.emoji, *user)).collect::<Vec<_>>();
    reactions.as_slice().iter().flat_map(each).collect()
}

#[async_trait]
impl MessageRepository for MisbehavingChanges {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let text = message.body.clone();
        let appended = self.inner.append(message).await?;
        let differs = appended.duplicate && appended.message.body().is_some_and(|body| *body != text);
        if differs && self.fault == Fault::JudgesNoncesByEditedTexts {
            return Err(AppendError::NonceReused);
        }
        Ok(appended)
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let versions = self.inner.versions(id).await?;
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().extend(versions);
        if self.fault == Fault::LosesReactionsUnderLoad {
            self.overwrite_reactions(id, &change).await?;
        }
        let change = self.spoil(id, change).await?;
        Ok(match (self.inner.change(id, change.clone()).await?, self.fault) {
            (Changed::Unchanged(message), Fault::TakesRepeatsForConflicts) => {
                Changed::Refused(ChangeRefusal::VersionMismatch, message)
            }
            (Changed::Unchanged(message), Fault::TakesNumbersForNothing) => {
                Changed::Unchanged(self.waste_numbers(message).await?)
            }
            (Changed::Refused(ChangeRefusal::Deleted, message), Fault::BringsTombstonesBackByEdits) => {
                let copy = message.clone();
                Self::resurrect(&change, message).map_or(Changed::Refused(ChangeRefusal::Deleted, copy), Changed::Done)
            }
            (Changed::Refused(ChangeRefusal::TooManyReactions, message), Fault::AllowsAnyNumberOfKinds) => {
                Changed::Done(Self::squeeze_in(&change, message))
            }
            (changed, _) => changed,
        })
    }

    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        let mut versions = self.inner.versions(id).await?;
        match self.fault {
            Fault::KeepsNoVersions => versions.clear(),
            Fault::ListsVersionsNewestFirst => versions.reverse(),
            Fault::KeepsVersionsOfDeletedMessages if versions.is_empty() => {
                let kept = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
                versions = kept.get(&id).cloned().unwrap_or_default();
            }
            _ => {}
        }
        Ok(versions)
    }

    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.inner.pinned(room_id, before, size).await
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        self.inner.find(id).await
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        self.inner.page(room_id, anchor, size).await
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.inner.latest_live(room_id, before, size).await
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        self.inner.changes(room_id, after, size).await
    }
}

impl fmt::Debug for MisbehavingChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingChanges").field("fault", &self.fault).finish_non_exhaustive()
    }
}
