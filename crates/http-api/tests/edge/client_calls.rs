//! Every call of the client, against the server it is written for.

use client::{Api, ClientSession};
use protocol::{ChosenPresenceDto, PostMessageDto, PrivacyDto, UpdateRoomDto};

use crate::server::{PASSWORD, Server};

/// Signs a new account in.
pub(crate) async fn member(server: &Server, name: &str) -> ClientSession {
    server.person(name).await;
    Api::new(&server.url("")).unwrap().log_in(name, PASSWORD).await.unwrap()
}

#[tokio::test]
async fn messages_live_as_the_client_says() {
    let server = Server::start().await;
    let ann = member(&server, "ann").await;
    let room = ann.create_room("general", "public").await.unwrap();
    let posted = ann.post("general", "hello", Some("a-nonce-of-a-test")).await.unwrap();
    assert!(ann.post("general", "hello", Some("a-nonce-of-a-test")).await.unwrap().duplicate);
    let id = posted.message.id.as_str();
    let (content, reply_to, thread) = ("answer".to_owned(), Some(id.to_owned()), Some(id.to_owned()));
    let answer = PostMessageDto { content, nonce: None, reply_to, thread };
    let answer = ann.post_message(&room.id, &answer).await.unwrap().message;
    assert_eq!(answer.reply_to.unwrap().excerpt.as_deref(), Some("hello"));

    let edited = ann.edit(id, "hello!", 1).await.unwrap();
    assert_eq!((edited.content.as_deref(), edited.version), (Some("hello!"), Some(2)));
    let stale = ann.edit(id, "hallo", 1).await.unwrap_err();
    assert_eq!((stale.code(), stale.status()), (Some("version_mismatch"), Some(409)));
    assert_eq!(stale.current().unwrap().content, edited.content);
    assert_eq!(ann.versions(id).await.unwrap().items.len(), 2);
    assert!(ann.react(id, "👍").await.unwrap().reactions[0].me);
    assert!(ann.unreact(id, "👍").await.unwrap().reactions.is_empty());
    assert!(ann.pin(id).await.unwrap().pinned_at.is_some());
    assert_eq!(ann.pins("general", None).await.unwrap().items[0].id, id);
    assert!(ann.unpin(id).await.unwrap().pinned_at.is_none());
    assert_eq!(ann.view_message(id).await.unwrap().content, edited.content);
    let replies = ann.thread(id, 0).await.unwrap();
    assert_eq!((replies.items.len(), replies.following), (1, true));
    ann.follow_thread(id, false).await.unwrap();
    assert!(!ann.thread(id, 0).await.unwrap().following);

    assert_eq!(ann.page_after("general", 1, 10).await.unwrap().items.len(), 1);
    assert_eq!(ann.page("general", Some(2), 10).await.unwrap().items[0].id, id);
    assert_eq!(ann.page_around("general", 1, 10).await.unwrap().items.len(), 2);
    assert_eq!(ann.changes("general", 1).await.unwrap().items.len(), 2);
    assert!(ann.delete(id).await.unwrap().deleted);
    assert_eq!(ann.delete(id).await.unwrap_err().code(), Some("not_found"));
}

#[tokio::test]
async fn rooms_and_people_are_as_the_client_says() {
    let server = Server::start().await;
    let (ann, bob) = (member(&server, "ann").await, member(&server, "bob").await);
    ann.create_room("general", "public").await.unwrap();
    assert_eq!(bob.directory("gen").await.unwrap().items.len(), 1);
    let joined = bob.join("general").await.unwrap();
    assert_eq!(bob.rooms().await.unwrap().items[0].id, joined.id);
    assert_eq!(bob.members("general", None).await.unwrap().items.len(), 2);
    let message = ann.post("general", "@bob hi", None).await.unwrap().message;
    let unread = bob.view_room("general").await.unwrap();
    assert_eq!((unread.unread, unread.mentions), (Some(1), Some(1)));
    let marker = bob.mark("general", message.seq, false).await.unwrap();
    assert_eq!((marker.read_seq, marker.unread), (1, 0));
    let readers = ann.readers(&message.id).await.unwrap().items;
    assert!(readers.iter().any(|reader| reader.user_id == bob.user().id));
    let update = UpdateRoomDto { edit_window_seconds: Some(60) };
    assert_eq!(ann.update_room("general", &update).await.unwrap().edit_window_seconds, Some(60));
    bob.leave("general").await.unwrap();

    assert_eq!(ann.view_user(&bob.user().id).await.unwrap().username, "bob");
    let privacy = PrivacyDto { typing: false, receipts: true, presence: true };
    bob.set_privacy(privacy).await.unwrap();
    assert_eq!(bob.me().await.unwrap().privacy, Some(privacy));
    let presence = ChosenPresenceDto { status: "dnd".to_owned(), ..bob.presence().await.unwrap() };
    assert_eq!(bob.set_presence(&presence).await.unwrap(), presence);
    assert!(bob.api().limits().await.unwrap().message_bytes > 0);
    assert_eq!(bob.api().server().await.unwrap().name, "Chinwag");
}

#[tokio::test]
async fn sessions_are_refreshed_and_ended() {
    let server = Server::start().await;
    let ann = member(&server, "ann").await;
    ann.refresh().await.unwrap();
    ann.clone().refresh().await.unwrap();
    assert!(!ann.ticket().await.unwrap().ticket.is_empty());
    let sessions = ann.sessions().await.unwrap().items;
    let other = sessions.iter().find(|session| !session.current).unwrap();
    ann.revoke_session(&other.id).await.unwrap();
    ann.log_out().await.unwrap();
    assert_eq!(ann.me().await.unwrap_err().status(), Some(401));
}
