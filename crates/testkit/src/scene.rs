//! Short ways to fill a store and to look at it.

use domain::model::{
    Message, MessageChange, MessageId, MessagePage, NewMessage, PageAnchor, Pin, Room, RoomHead, RoomId, RoomRev,
    RoomSeq, Session, Timestamp, TokenDigest, User, UserId,
};
use domain::port::Changed;

use crate::builders::{BASE_TIME, a_membership, a_message, a_room, a_session, a_user, an_edit, emoji, page_size};
use crate::stores::Stores;

impl Stores {
    /// Adds a user of that name.
    pub async fn add_user(&self, name: &str) -> User {
        let new = a_user(name);
        let user = new.user.clone();
        self.users.insert(new).await.expect("the user is added");
        user
    }

    /// Adds a public room that belongs to that user.
    pub async fn add_room(&self, name: &str, owner: &User) -> Room {
        let new = a_room(name, owner.id);
        let room = new.room.clone();
        self.rooms.insert(new).await.expect("the room is added");
        room
    }

    /// Adds a session of that user.
    pub async fn add_session(&self, user_id: UserId, digest: TokenDigest) -> Session {
        let new = a_session(user_id, digest);
        let session = new.session.clone();
        self.sessions.insert(new).await.expect("the session is added");
        session
    }

    /// Makes the user an ordinary member of the room.
    pub async fn add_member(&self, room_id: RoomId, user: &User) {
        self.memberships.join(a_membership(room_id, user.id)).await.expect("the user joins");
    }

    /// Posts a text without a nonce.
    pub async fn post(&self, room_id: RoomId, author: &User, text: &str) -> Message {
        self.append(a_message(room_id, author, text)).await
    }

    /// Posts the texts «1», «2» and so on, one after the other.
    pub async fn post_many(&self, room_id: RoomId, author: &User, number: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        for text in 1..=number {
            messages.push(self.post(room_id, author, &text.to_string()).await);
        }
        messages
    }

    /// Posts a message that must be accepted and new.
    pub async fn append(&self, message: NewMessage) -> Message {
        let appended = self.messages.append(message).await.expect("the message is appended");
        assert!(!appended.duplicate, "a new message was taken for a repeat");
        appended.message
    }

    /// Changes a message in a way that must be new and allowed.
    pub async fn change(&self, id: MessageId, change: MessageChange) -> Message {
        match self.messages.change(id, change).await.expect("the store answers") {
            Changed::Done(message) => message,
            other => panic!("the change should have been made: {other:?}"),
        }
    }

    /// Replaces the text of a message whose version is as given.
    pub async fn edit(&self, seen: &Message, text: &str) -> Message {
        self.change(seen.id, an_edit(seen, text)).await
    }

    /// Reacts with an emoji that wasn't there yet.
    pub async fn react(&self, message: &Message, by: &User, with: &str) -> Message {
        self.change(message.id, MessageChange::React { by: by.id, emoji: emoji(with) }).await
    }

    /// Pins a message that wasn't pinned.
    pub async fn pin(&self, message: &Message, by: &User) -> Message {
        self.change(message.id, MessageChange::Pin(Pin { at: BASE_TIME, by: by.id })).await
    }

    /// Deletes a message that must be there, in its author's name.
    pub async fn delete(&self, message: &Message) -> Message {
        self.delete_at(message, BASE_TIME).await
    }

    /// Deletes a message that must be there, in its author's name, at that time.
    pub async fn delete_at(&self, message: &Message, at: Timestamp) -> Message {
        self.change(message.id, MessageChange::Delete { by: message.author.id, at }).await
    }

    /// Finds a message that must be there, or its tombstone.
    pub async fn find(&self, id: MessageId) -> Message {
        self.messages.find(id).await.expect("it is read").expect("it is there")
    }

    /// Reads a page of a timeline.
    pub async fn page(&self, room_id: RoomId, anchor: PageAnchor, items: u16) -> MessagePage {
        self.messages.page(room_id, anchor, page_size(items)).await.expect("the page is read")
    }

    /// Reads the last numbers of a timeline.
    pub async fn head(&self, room_id: RoomId) -> RoomHead {
        self.page(room_id, PageAnchor::Latest, 1).await.head
    }

    /// Reads a whole timeline, tombstones included, by `seq`.
    pub async fn timeline(&self, room_id: RoomId) -> Vec<Message> {
        let mut all: Vec<Message> = Vec::new();
        loop {
            let after = all.last().map_or(RoomSeq::ZERO, |message| message.seq);
            let page = self.page(room_id, PageAnchor::After(after), 500).await;
            assert!(!page.items.is_empty() || !page.has_after, "a page that has more after it isn't empty");
            assert!(page.items.iter().all(|message| message.seq > after), "a page lies after its cursor");
            all.extend(page.items);
            if !page.has_after {
                return all;
            }
        }
    }

    /// Reads every message by its latest change, in pages of that size.
    pub async fn all_changes(&self, room_id: RoomId, items: u16) -> Vec<Message> {
        let mut all: Vec<Message> = Vec::new();
        loop {
            let after = all.last().map_or(RoomRev::ZERO, |message| message.rev);
            let page = self.messages.changes(room_id, after, page_size(items)).await.expect("the changes are read");
            assert!(!page.items.is_empty() || !page.more, "a page of changes that has more after it isn't empty");
            assert!(page.items.iter().all(|message| message.rev > after), "changes lie after their cursor");
            all.extend(page.items);
            if !page.more {
                return all;
            }
        }
    }
}
