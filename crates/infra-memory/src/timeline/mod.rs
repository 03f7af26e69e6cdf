//! The timeline of one room: the two numbers, nonces, versions and threads, without any locking.

mod pages;
mod reading;

use std::collections::{BTreeMap, HashMap};

use domain::model::{
    ChangeOutcome, Message, MessageBody, MessageChange, MessageId, MessageVersion, NewMessage, Nonce, ReplyPreview,
    RoomHead, RoomRev, RoomSeq, UserId,
};
use domain::port::{AppendError, Appended, Changed};

/// The messages and tombstones of one room. The message with `seq` n is at place n − 1.
///
/// Of the message that another one answers only `id` and `seq` count here; whatever leaves the timeline goes through
/// [`Self::shown`], which looks the rest up.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    messages: Vec<Message>,
    head: RoomHead,
    /// Where the message is whose latest change has that number.
    by_rev: BTreeMap<RoomRev, RoomSeq>,
    by_nonce: HashMap<(UserId, Nonce), RoomSeq>,
    /// The texts that were replaced, oldest first; nothing for tombstones.
    versions: HashMap<RoomSeq, Vec<MessageVersion>>,
    /// The replies of each thread, tombstones included, ascending.
    threads: HashMap<MessageId, Vec<RoomSeq>>,
}

impl Timeline {
    /// Gives the last numbers given out.
    pub(crate) const fn head(&self) -> RoomHead {
        self.head
    }

    /// Finds what an author's nonce was used for: a repeat if the text it was posted with is the same or gone.
    pub(crate) fn repeat_of(&self, new: &NewMessage) -> Option<Result<Appended, AppendError>> {
        let nonce = new.nonce.clone()?;
        let earlier = self.stored(*self.by_nonce.get(&(new.author.id, nonce))?)?;
        Some(match self.posted_body(earlier) {
            Some(posted) if *posted != new.body => Err(AppendError::NonceReused),
            _ => Ok(Appended { message: self.shown(earlier), duplicate: true }),
        })
    }

    /// Appends under the next numbers.
    pub(crate) fn append(&mut self, new: NewMessage) -> Message {
        self.head = RoomHead { seq: self.head.seq.next(), rev: self.head.rev.next() };
        let message = new.numbered(self.head.seq, self.head.rev);
        if let Some(nonce) = message.nonce.clone() {
            self.by_nonce.insert((message.author.id, nonce), message.seq);
        }
        if let Some(root) = message.thread {
            self.threads.entry(root).or_default().push(message.seq);
        }
        self.by_rev.insert(message.rev, message.seq);
        let shown = self.shown(&message);
        self.messages.push(message);
        shown
    }

    /// Finds a message by its place.
    pub(crate) fn get(&self, seq: RoomSeq) -> Option<Message> {
        self.stored(seq).map(|message| self.shown(message))
    }

    /// Changes a message, under the next `rev` if it isn't so already.
    pub(crate) fn change(&mut self, seq: RoomSeq, change: &MessageChange) -> Changed {
        let Some(current) = self.stored(seq) else { return Changed::Absent };
        match change.apply(current) {
            ChangeOutcome::Unchanged => Changed::Unchanged(self.shown(current)),
            ChangeOutcome::Refused(refusal) => Changed::Refused(refusal, self.shown(current)),
            ChangeOutcome::Changed { message, replaced } => {
                let earlier = current.rev;
                Changed::Done(self.replace(earlier, *message, replaced))
            }
        }
    }

    /// Gives the texts that were replaced, oldest first.
    pub(crate) fn versions(&self, seq: RoomSeq) -> Vec<MessageVersion> {
        self.versions.get(&seq).cloned().unwrap_or_default()
    }

    /// Puts the message in the place of what it was, under the next `rev`.
    fn replace(&mut self, earlier: RoomRev, message: Message, replaced: Option<MessageVersion>) -> Message {
        let (seq, rev) = (message.seq, self.head.rev.next());
        let message = message.with_rev(rev);
        self.by_rev.remove(&earlier);
        self.by_rev.insert(rev, seq);
        self.head.rev = rev;
        if message.is_deleted() {
            self.versions.remove(&seq);
        } else if let Some(version) = replaced {
            self.versions.entry(seq).or_default().push(version);
        }
        let shown = self.shown(&message);
        if let Some(place) = index(seq).and_then(|index| self.messages.get_mut(index)) {
            *place = message;
        }
        shown
    }

    fn stored(&self, seq: RoomSeq) -> Option<&Message> {
        self.messages.get(index(seq)?)
    }

    /// Gives a stored message with the one it answers as that is now.
    fn shown(&self, message: &Message) -> Message {
        let answered = message.reply_to.as_ref().and_then(|preview| self.stored(preview.seq));
        Message { reply_to: answered.map(ReplyPreview::of), ..message.clone() }
    }

    /// Gives the text that a message was posted with, unless it was deleted.
    fn posted_body<'a>(&'a self, message: &'a Message) -> Option<&'a MessageBody> {
        let first = self.versions.get(&message.seq).and_then(|versions| versions.first());
        first.map(|version| &version.body).or_else(|| message.body())
    }
}

/// Gives the number as a number of messages, at most as many as a list can have.
fn count(seq: RoomSeq) -> usize {
    usize::try_from(seq.get()).unwrap_or(usize::MAX)
}

/// Gives where in the list the message is; nothing before the first.
fn index(seq: RoomSeq) -> Option<usize> {
    count(seq).checked_sub(1)
}
