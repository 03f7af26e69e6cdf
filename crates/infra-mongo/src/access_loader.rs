//! Answers «room and membership» for many callers at once: what is asked while one look-up is on its way is the
//! next look-up. Nothing is remembered, so every answer is fresh.

use std::collections::HashMap;

use bson::oid::ObjectId;
use bson::{Binary, doc};
use domain::model::{Membership, Room, RoomAccess, RoomRef, UserId};
use domain::port::{Cause, RepositoryError};
use futures_util::TryStreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, membership_id, oid};
use crate::error::classify;

/// How many questions wait before callers wait to ask.
const QUEUE: usize = 1024;
/// The most questions of one look-up.
const BATCH: usize = 256;

type Answer = Result<Option<RoomAccess>, RepositoryError>;

#[derive(Debug)]
struct Question {
    room: RoomRef,
    user_id: UserId,
    answer: oneshot::Sender<Answer>,
}

/// Asks for room and membership.
#[derive(Debug, Clone)]
pub(crate) struct AccessLoader {
    questions: mpsc::Sender<Question>,
}

impl AccessLoader {
    pub(crate) fn start(collections: Collections, tasks: &TaskTracker) -> Self {
        let (questions, asked) = mpsc::channel(QUEUE);
        tasks.spawn(answer_all(collections, asked));
        Self { questions }
    }

    pub(crate) async fn load(&self, room: RoomRef, user_id: UserId) -> Answer {
        let stopped = || RepositoryError::Unavailable(Cause::new("the store was closed"));
        let (answer, answered) = oneshot::channel();
        self.questions.send(Question { room, user_id, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

async fn answer_all(collections: Collections, mut asked: mpsc::Receiver<Question>) {
    let mut batch = Vec::new();
    while asked.recv_many(&mut batch, BATCH).await > 0 {
        let found = collections.within(look_up(&collections, &batch)).await;
        for Question { room, user_id, answer } in batch.drain(..) {
            let _ = answer.send(match &found {
                Ok(found) => found.answer(&room, user_id),
                Err(error) => Err(error.clone()),
            });
        }
    }
}

#[derive(Debug)]
struct Found {
    rooms: HashMap<RoomRef, RoomDocument>,
    memberships: HashMap<Vec<u8>, MembershipDocument>,
}

impl Found {
    fn answer(&self, room: &RoomRef, user_id: UserId) -> Answer {
        let Some(document) = self.rooms.get(room) else {
            return Ok(None);
        };
        let room = Room::try_from(document.clone())?;
        let membership = self.memberships.get(&membership_id(room.id, user_id).bytes);
        let membership = membership.cloned().map(Membership::try_from).transpose()?;
        Ok(Some(RoomAccess { room, membership }))
    }
}

async fn look_up(collections: &Collections, batch: &[Question]) -> Result<Found, RepositoryError> {
    let mut ids: Vec<ObjectId> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for question in batch {
        match &question.room {
            RoomRef::Id(id) => ids.push(oid(id.id())),
            RoomRef::Name(name) => names.push(name.as_str()),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let keys = batch.iter().filter_map(|question| match &question.room {
        RoomRef::Id(id) => Some(membership_id(*id, question.user_id)),
        RoomRef::Name(_) => None,
    });
    let by_id = find_rooms(collections, doc! { "_id": { "$in": ids } });
    if names.is_empty() {
        let (rooms, members) = tokio::try_join!(by_id, find_memberships(collections, keys.collect()))?;
        return Ok(found(rooms, members));
    }
    // The key of a membership needs the room's id, so rooms asked for by name come first.
    let by_name = find_rooms(collections, doc! { "name": { "$in": names } });
    let (mut rooms, named) = tokio::try_join!(by_id, by_name)?;
    rooms.extend(named);
    let mut keys: Vec<_> = keys.collect();
    for question in batch {
        if let RoomRef::Name(name) = &question.room
            && let Some(room) = rooms.iter().find(|room| room.name.as_deref() == Some(name.as_str()))
        {
            let id = domain::model::RoomId::new(crate::document::id_of(room.id));
            keys.push(membership_id(id, question.user_id));
        }
    }
    let members = find_memberships(collections, keys).await?;
    Ok(found(rooms, members))
}

async fn find_rooms(collections: &Collections, filter: bson::Document) -> Result<Vec<RoomDocument>, RepositoryError> {
    let find = collections.rooms.find(filter).await.map_err(classify)?;
    find.try_collect().await.map_err(classify)
}

async fn find_memberships(
    collections: &Collections,
    keys: Vec<Binary>,
) -> Result<Vec<MembershipDocument>, RepositoryError> {
    let find = collections.memberships.find(doc! { "_id": { "$in": keys } }).await.map_err(classify)?;
    find.try_collect().await.map_err(classify)
}

fn found(rooms: Vec<RoomDocument>, members: Vec<MembershipDocument>) -> Found {
    let mut by_ref = HashMap::new();
    for room in rooms {
        let id = domain::model::RoomId::new(crate::document::id_of(room.id));
        if let Some(Ok(name)) = room.name.as_deref().map(domain::model::RoomName::parse) {
            by_ref.insert(RoomRef::Name(name), room.clone());
        }
        by_ref.insert(RoomRef::Id(id), room);
    }
    let memberships = members.into_iter().map(|member| (member.id.bytes.clone(), member)).collect();
    Found { rooms: by_ref, memberships }
}
