//! Answers «room and membership» for many callers at once: what is asked while one look-up is on its way is the
//! next look-up.

use std::collections::HashMap;
use std::sync::Arc;

use bson::{Binary, doc};
use domain::model::{Membership, Room, RoomAccess, RoomId, RoomRef, UserId};
use domain::port::{AppendError, Cause, RepositoryError};
use futures_util::TryStreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, membership_id, oid};
use crate::error::classify;
use crate::gather::gather;
use crate::grants::{Moment, RecentGrants};
use crate::recent_rooms::RecentRooms;

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
    recent: Arc<RecentGrants>,
}

impl AccessLoader {
    pub(crate) fn start(collections: Collections, tasks: &TaskTracker) -> Self {
        let (questions, asked) = mpsc::channel(QUEUE);
        let recent = Arc::<RecentGrants>::default();
        let lookups = Lookups { collections, recent: Arc::clone(&recent), rooms: RecentRooms::default() };
        tasks.spawn(lookups.run(asked));
        Self { questions, recent }
    }

    /// Gives room and membership as they are now, and lets one write build on it; nothing if there is no such room.
    pub(crate) async fn load(&self, room: RoomRef, user_id: UserId) -> Answer {
        let moment = self.recent.moment();
        let answer = self.ask(room, user_id).await;
        if let Ok(Some(RoomAccess { room, membership: Some(_) })) = &answer
            && room.archived_at.is_none()
        {
            self.recent.note(moment, room.id, user_id);
        }
        answer
    }

    async fn ask(&self, room: RoomRef, user_id: UserId) -> Answer {
        let stopped = || RepositoryError::Unavailable(Cause::new("the store was closed"));
        let (answer, answered) = oneshot::channel();
        self.questions.send(Question { room, user_id, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Tells whether somebody may append to a room, as it is now or was a moment ago.
    pub(crate) async fn may_append(&self, room_id: RoomId, user_id: UserId) -> Result<(), AppendError> {
        if self.recent.take(room_id, user_id) {
            return Ok(());
        }
        match self.ask(RoomRef::Id(room_id), user_id).await? {
            None => Err(AppendError::NoRoom),
            Some(RoomAccess { room, .. }) if room.archived_at.is_some() => Err(AppendError::RoomArchived),
            Some(RoomAccess { membership: None, .. }) => Err(AppendError::NotAMember),
            Some(_) => Ok(()),
        }
    }

    /// To be called after a membership or a room was changed, so that the change counts from now on.
    pub(crate) fn forget(&self) {
        self.recent.forget();
    }
}

/// The task that looks up.
#[derive(Debug)]
struct Lookups {
    collections: Collections,
    recent: Arc<RecentGrants>,
    rooms: RecentRooms,
}

impl Lookups {
    async fn run(mut self, mut asked: mpsc::Receiver<Question>) {
        let mut batch = Vec::new();
        loop {
            gather(&mut asked, &mut batch, BATCH).await;
            if batch.is_empty() {
                return;
            }
            let moment = self.recent.moment();
            let answers = self.answer(moment, &batch).await;
            for (question, answer) in batch.drain(..).zip(answers) {
                // Who asked may have given up.
                let _ = question.answer.send(answer);
            }
        }
    }

    async fn answer(&mut self, moment: Moment, batch: &[Question]) -> Vec<Answer> {
        let collections = self.collections.clone();
        match collections.within(self.look_up(moment, batch)).await {
            Ok(memberships) => {
                let answer = |question: &Question| {
                    let Some(room) = self.rooms.get(&question.room) else {
                        return Ok(None);
                    };
                    let membership = memberships.get(&membership_id(room.id, question.user_id).bytes);
                    let membership = membership.cloned().map(Membership::try_from).transpose()?;
                    Ok(Some(RoomAccess { room: room.clone(), membership }))
                };
                batch.iter().map(answer).collect()
            }
            Err(error) => batch.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    /// Sees to it that the rooms are known, and gives the memberships by key.
    async fn look_up(&mut self, moment: Moment, batch: &[Question]) -> Result<Memberships, RepositoryError> {
        let unknown = self.rooms.unknown(moment, batch.iter().map(|question| &question.room));
        if !unknown.is_empty() {
            self.rooms.note(find_rooms(&self.collections, &unknown).await?);
        }
        let key = |question: &Question| Some(membership_id(self.rooms.get(&question.room)?.id, question.user_id));
        find_memberships(&self.collections, batch.iter().filter_map(key).collect()).await
    }
}

type Memberships = HashMap<Vec<u8>, MembershipDocument>;

async fn find_rooms(collections: &Collections, wanted: &[RoomRef]) -> Result<Vec<Room>, RepositoryError> {
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for room in wanted {
        match room {
            RoomRef::Id(id) => ids.push(oid(id.id())),
            RoomRef::Name(name) => names.push(name.as_str()),
        }
    }
    let filter = match (ids.is_empty(), names.is_empty()) {
        (_, true) => doc! { "_id": { "$in": ids } },
        (true, false) => doc! { "name": { "$in": names } },
        (false, false) => doc! { "$or": [{ "_id": { "$in": ids } }, { "name": { "$in": names } }] },
    };
    let find = collections.rooms.find(filter).await.map_err(classify)?;
    let found: Vec<RoomDocument> = find.try_collect().await.map_err(classify)?;
    found.into_iter().map(Room::try_from).collect()
}

async fn find_memberships(collections: &Collections, keys: Vec<Binary>) -> Result<Memberships, RepositoryError> {
    let find = collections.memberships.find(doc! { "_id": { "$in": keys } }).await.map_err(classify)?;
    let found: Vec<MembershipDocument> = find.try_collect().await.map_err(classify)?;
    Ok(found.into_iter().map(|member| (member.id.bytes.clone(), member)).collect())
}
