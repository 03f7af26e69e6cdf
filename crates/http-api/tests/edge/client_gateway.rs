//! The client's gateway and replica, against the server they are written for.

use client::{Gateway, GatewayEvent, GatewayOptions, OutgoingMessage, Stopped};
use protocol::MessageDto;
use tokio::time::timeout;

use crate::client_calls::member;
use crate::server::{SOON, Server};

/// Takes events until one is wanted.
async fn until(gateway: &mut Gateway, wanted: impl Fn(&GatewayEvent) -> bool) -> GatewayEvent {
    timeout(SOON, gateway.next_where(wanted)).await.expect("the event in time").unwrap()
}

/// Gives a message without what only some views of it have.
fn plain(message: &MessageDto) -> MessageDto {
    MessageDto { nonce: None, ..message.clone() }
}

#[tokio::test]
async fn a_replica_holds_what_pages_show_after_every_kind_of_change() {
    let server = Server::start().await;
    let (ann, bob) = (member(&server, "ann").await, member(&server, "bob").await);
    let room = ann.create_room("general", "public").await.unwrap();
    bob.join("general").await.unwrap();
    let speaker = Gateway::start(ann.clone(), GatewayOptions::default());
    let mut listener = Gateway::start(bob.clone(), GatewayOptions::default());
    until(&mut listener, |event| matches!(event, GatewayEvent::Synced(_))).await;
    let handle = speaker.handle();
    let first = handle.send("general", "first @bob").await.unwrap().message;
    let reply = OutgoingMessage { reply_to: Some(first.id.clone()), ..OutgoingMessage::new("general", "answer") };
    assert!(!handle.send_message(reply.clone()).await.unwrap().duplicate);
    assert!(handle.send_message(reply).await.unwrap().duplicate);
    let third = handle.send("general", "third").await.unwrap().message;
    handle.edit(&first.id, "first, edited", 1).await.unwrap();
    handle.react(&first.id, "👍").await.unwrap();
    handle.react(&third.id, "👍").await.unwrap();
    handle.unreact(&third.id, "👍").await.unwrap();
    assert_eq!(handle.edit(&first.id, "too late", 1).await.unwrap_err().code(), Some("version_mismatch"));
    handle.delete(&third.id).await.unwrap();
    until(&mut listener, |event| matches!(event, GatewayEvent::Deleted(gone) if gone.id == third.id)).await;

    let page = bob.page("general", None, 100).await.unwrap();
    let (held, rev, unread) = listener.replica(|replica| {
        let held = replica.room("general").unwrap();
        (held.messages().map(plain).collect::<Vec<_>>(), held.rev(), held.read_position(replica.user_id()))
    });
    assert_eq!(held, page.items.iter().map(plain).collect::<Vec<_>>());
    assert_eq!(rev, Some(page.head_rev));
    let counted = bob.view_room(&room.id).await.unwrap();
    assert_eq!((Some(unread.unread), Some(unread.mentions)), (counted.unread, counted.mentions));
}

#[tokio::test]
async fn what_has_no_number_arrives_too() {
    let server = Server::start().await;
    let (ann, bob) = (member(&server, "ann").await, member(&server, "bob").await);
    let room = ann.create_room("general", "public").await.unwrap();
    bob.join("general").await.unwrap();
    ann.post("general", "hello", None).await.unwrap();
    let mut listener = Gateway::start(bob.clone(), GatewayOptions::default());
    until(&mut listener, |event| matches!(event, GatewayEvent::Synced(_))).await;
    let mut speaker = Gateway::start(ann.clone(), GatewayOptions::default());
    until(&mut speaker, |event| matches!(event, GatewayEvent::Synced(_))).await;
    speaker.handle().typing("general", true).await;
    until(&mut listener, |event| matches!(event, GatewayEvent::Typing(typing) if !typing.user_ids.is_empty())).await;
    let marker = listener.handle().mark("general", 1, false).await.unwrap().unwrap();
    assert_eq!((marker.read_seq, marker.unread), (1, 0));
    until(&mut listener, |event| matches!(event, GatewayEvent::Marker(marker) if marker.read_seq == 1)).await;
    // A room that begins while one is connected is caught up with as well.
    ann.create_room("second", "public").await.unwrap();
    ann.post("second", "early", None).await.unwrap();
    bob.join("second").await.unwrap();
    until(&mut listener, |event| matches!(event, GatewayEvent::Room(_))).await;
    ann.post("second", "late", None).await.unwrap();
    until(&mut listener, |event| matches!(event, GatewayEvent::Message(new) if new.content.as_deref() == Some("late")))
        .await;
    bob.leave(&room.id).await.unwrap();
    until(&mut listener, |event| matches!(event, GatewayEvent::RoomRemoved { room_id } if *room_id == room.id)).await;
    bob.log_out().await.unwrap();
    let stopped = timeout(SOON, listener.next_where(|_| false)).await.expect("the end in time").unwrap_err();
    assert_eq!(stopped, Stopped::Closed { code: 4010 });
}
