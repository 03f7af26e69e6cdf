//! What is read, on two nodes, and what is left.

use domain::model::{Marker, MessageChange, MessageKind, PageAnchor, ReadState, RoomId, RoomRef, RoomSeq, User};
use domain::port::Marking;
use testkit::{BASE_TIME, Stores, a_message, a_room, mentions_of, page_size};
use tokio::task::JoinSet;

use crate::support::FreshDatabase;

fn seq(number: u64) -> RoomSeq {
    RoomSeq::new(number).unwrap()
}

/// Counts from the timeline itself.
async fn recount(stores: &Stores, room_id: RoomId, user: &User, read_seq: RoomSeq) -> ReadState {
    let timeline = stores.timeline(room_id).await;
    let unread: Vec<_> = timeline
        .iter()
        .filter(|message| message.seq > read_seq && message.author.id != user.id)
        .filter(|message| message.kind != MessageKind::System)
        .filter_map(domain::model::Message::content)
        .collect();
    let mentions = unread.iter().filter(|content| content.mentions.concern(user.id)).count() as u64;
    ReadState { read_seq, unread: unread.len() as u64, mentions }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markers_of_two_nodes_leave_the_greatest() {
    let database = FreshDatabase::new().await;
    let nodes = [database.store.clone(), database.another_node().await];
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let room = stores.add_room("general", &ann).await;
    stores.add_member(room.id, &bob).await;
    stores.post_many(room.id, &ann, 40).await;
    let mut markers = JoinSet::new();
    for number in 1..=40 {
        let node = nodes[usize::try_from(number % 2).unwrap()].read_states();
        let marker = Marker { room_id: room.id, user_id: bob.id, seq: seq(number), back: false };
        markers.spawn(async move { (number, node.mark(marker).await.unwrap()) });
    }
    for (number, marking) in markers.join_all().await {
        let (Marking::Moved(state) | Marking::Unmoved(state)) = marking else { panic!("{marking:?}") };
        assert!(state.read_seq >= seq(number));
        assert_eq!(state.unread, 40 - state.read_seq.get());
    }
    for node in &nodes {
        let state = node.read_states().read_state(room.id, bob.id).await.unwrap().unwrap();
        assert_eq!(state, ReadState { read_seq: seq(40), unread: 0, mentions: 0 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_are_right_while_others_write_and_delete() {
    let database = FreshDatabase::new().await;
    let node = database.another_node().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let room = stores.add_room("general", &ann).await;
    stores.add_member(room.id, &bob).await;
    let reader = {
        let (read_states, rooms, room_id, bob) = (node.read_states(), node.rooms(), room.id, bob.clone());
        async move {
            for _ in 0..30 {
                let state = read_states.read_state(room_id, bob.id).await.unwrap().unwrap();
                assert!(state.mentions <= state.unread, "{state:?}");
                let overview = rooms.overview(&RoomRef::Id(room_id), bob.id).await.unwrap().unwrap();
                let state = overview.read_state.unwrap();
                assert!(state.read_seq <= overview.head.seq && state.unread <= overview.head.seq.get(), "{overview:?}");
            }
        }
    };
    let writer = async {
        for number in 0..60 {
            let author = if number % 4 == 0 { &bob } else { &ann };
            let mut message = a_message(room.id, author, &number.to_string());
            if number % 3 == 0 {
                message.mentions = mentions_of([&bob]);
                message.mentions.here = number % 2 == 0;
            }
            let message = stores.append(message).await;
            if number % 5 == 0 {
                stores.delete(&message).await;
            }
        }
    };
    let ((), ()) = tokio::join!(reader, writer);
    for read in [0, 7, 30, 60] {
        let marker = Marker { room_id: room.id, user_id: bob.id, seq: seq(read), back: true };
        node.read_states().mark(marker).await.unwrap();
        let expected = recount(&stores, room.id, &bob, seq(read)).await;
        assert_eq!(stores.read_states.read_state(room.id, bob.id).await.unwrap(), Some(expected));
        let overview = stores.rooms.overview(&RoomRef::Id(room.id), bob.id).await.unwrap().unwrap();
        assert_eq!(overview.read_state, Some(expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_rooms_are_counted_together() {
    const ROOMS: usize = 100;
    let database = FreshDatabase::new().await;
    let stores = database.into_stores();
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let mut writers = JoinSet::new();
    for number in 0..ROOMS {
        let new = a_room(&format!("room-{number:03}"), ann.id);
        let (ann, bob) = (ann.clone(), bob.clone());
        let (rooms, memberships, messages, read_states) =
            (stores.rooms.clone(), stores.memberships.clone(), stores.messages.clone(), stores.read_states.clone());
        writers.spawn(async move {
            let room_id = new.room.id;
            rooms.insert(new).await.unwrap();
            memberships.join(testkit::a_membership(room_id, bob.id)).await.unwrap();
            for author in [&ann, &ann, &bob] {
                let mut message = a_message(room_id, author, "hello");
                message.mentions = mentions_of([&bob]);
                message.mentions.room = true;
                messages.append(message).await.unwrap();
            }
            // In some rooms something was deleted, and in some nothing is unread.
            if number % 5 == 0 {
                let first = messages.page(room_id, PageAnchor::Latest, page_size(3)).await.unwrap().items.remove(0);
                let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
                messages.change(first.id, delete).await.unwrap();
            } else if number % 7 == 0 {
                read_states.mark(Marker { room_id, user_id: bob.id, seq: seq(3), back: false }).await.unwrap();
            }
        });
        if writers.len() > 16 {
            writers.join_next().await.unwrap().unwrap();
        }
    }
    writers.join_all().await;
    let listed = stores.rooms.list_of(bob.id, None, page_size(500)).await.unwrap();
    assert_eq!(listed.len(), ROOMS);
    for (number, room) in listed.iter().enumerate() {
        let (read, left) = match number {
            _ if number % 5 == 0 => (0, 1),
            _ if number % 7 == 0 => (3, 0),
            _ => (0, 2),
        };
        let expected = ReadState { read_seq: seq(read), unread: left, mentions: left };
        assert_eq!(room.read_state, Some(expected), "{number}");
        assert_eq!((room.head.seq.get(), room.member_count), (3, 2));
    }
}
