//! Short ways to fill a store before a case begins.

use domain::model::{Message, NewMessage, Room, RoomId, Session, TokenDigest, User, UserId};

use crate::builders::{a_membership, a_message, a_room, a_session, a_user};
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

    /// Posts a message that must be accepted and new.
    pub async fn append(&self, message: NewMessage) -> Message {
        let appended = self.messages.append(message).await.expect("the message is appended");
        assert!(!appended.duplicate, "a new message was taken for a repeat");
        appended.message
    }
}
