//! The cache never answers with a session that has ended, whatever overlaps with what.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::model::{Event, MemberNotice, NewSession, RoomId, Session, SessionId, SessionUser, TokenDigest, UserId};
use domain::port::{Cause, RepositoryError, Rotation, RotationRequest, SessionRepository};
use infra_auth::SessionCache;
use testkit::{BASE_TIME, a_session, a_user, fresh_id};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A store whose next look-up, having read, can be held before it answers.
#[derive(Default)]
struct Store {
    sessions: Mutex<HashMap<SessionId, SessionUser>>,
    finds: AtomicUsize,
    hold: Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>,
    rotation: Mutex<Option<Result<Rotation, RepositoryError>>>,
    never_answers: Mutex<bool>,
}

impl Store {
    fn add(&self) -> SessionUser {
        let user = a_user("ann").user;
        let live = SessionUser { session: a_session(user.id, TokenDigest::from_bytes([0; 32])).session, user };
        self.sessions.lock().unwrap().insert(live.session.id, live.clone());
        live
    }

    fn remove(&self, id: SessionId) -> bool {
        self.sessions.lock().unwrap().remove(&id).is_some()
    }

    fn finds(&self) -> usize {
        self.finds.load(Ordering::SeqCst)
    }

    /// Holds the next look-up: the first says when it has read, the second lets it answer.
    fn hold_next_find(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (has_read, read) = oneshot::channel();
        let (release, released) = oneshot::channel();
        *self.hold.lock().unwrap() = Some((has_read, released));
        (read, release)
    }

    async fn answer(&self) {
        if *self.never_answers.lock().unwrap() {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl SessionRepository for Store {
    async fn insert(&self, _: NewSession) -> Result<(), RepositoryError> {
        Ok(())
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        let found = self.sessions.lock().unwrap().get(&id).cloned();
        let hold = self.hold.lock().unwrap().take();
        if let Some((has_read, released)) = hold {
            has_read.send(()).unwrap();
            released.await.unwrap();
        }
        Ok(found)
    }

    async fn list(&self, _: UserId) -> Result<Vec<Session>, RepositoryError> {
        Ok(Vec::new())
    }

    async fn rotate(&self, _: RotationRequest) -> Result<Rotation, RepositoryError> {
        self.rotation.lock().unwrap().take().unwrap_or(Ok(Rotation::Unknown))
    }

    async fn revoke(&self, _: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let was_there = self.remove(id);
        self.answer().await;
        Ok(was_there)
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        self.sessions.lock().unwrap().retain(|id, live| live.user.id != user_id || Some(*id) == except);
        self.answer().await;
        Ok(1)
    }
}

fn cached() -> (Arc<Store>, SessionCache) {
    let store = Arc::new(Store::default());
    (Arc::clone(&store), SessionCache::new(store))
}

fn request() -> RotationRequest {
    let digest = |byte| TokenDigest::from_bytes([byte; 32]);
    RotationRequest { presented: digest(0), successor: digest(1), now: BASE_TIME, expires_at: BASE_TIME }
}

/// Every way in which a session can end, or change, here or elsewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Revoke,
    RevokeThatIsAbandoned,
    RevokeAll,
    RevokeAllThatIsAbandoned,
    RotateReused,
    RotateRotated,
    RotateTimeout,
    SessionRevokedElsewhere,
    UserRevokedElsewhere,
    Lagged,
}

const ENDINGS: [Ending; 10] = [
    Ending::Revoke,
    Ending::RevokeThatIsAbandoned,
    Ending::RevokeAll,
    Ending::RevokeAllThatIsAbandoned,
    Ending::RotateReused,
    Ending::RotateRotated,
    Ending::RotateTimeout,
    Ending::SessionRevokedElsewhere,
    Ending::UserRevokedElsewhere,
    Ending::Lagged,
];

impl Ending {
    async fn happen(self, store: &Store, cache: &SessionCache, live: &SessionUser) {
        let (id, user_id) = (live.session.id, live.user.id);
        let rotates = |outcome| *store.rotation.lock().unwrap() = Some(outcome);
        match self {
            Self::Revoke => assert_eq!(cache.revoke(user_id, id).await.ok(), Some(true)),
            Self::RevokeAll => assert_eq!(cache.revoke_all(user_id, None).await.ok(), Some(1)),
            Self::RevokeThatIsAbandoned => {
                *store.never_answers.lock().unwrap() = true;
                assert!(futures_util::poll!(&mut cache.revoke(user_id, id)).is_pending());
            }
            Self::RevokeAllThatIsAbandoned => {
                *store.never_answers.lock().unwrap() = true;
                assert!(futures_util::poll!(&mut cache.revoke_all(user_id, None)).is_pending());
            }
            Self::RotateReused | Self::RotateRotated | Self::RotateTimeout => {
                store.remove(id);
                rotates(match self {
                    Self::RotateReused => Ok(Rotation::Reused(live.session.clone())),
                    Self::RotateRotated => Ok(Rotation::Rotated(live.clone())),
                    _ => Err(RepositoryError::Timeout(Cause::new("slow"))),
                });
                let _ = cache.rotate(request()).await;
            }
            Self::SessionRevokedElsewhere => {
                store.remove(id);
                cache.invalidate(&Event::SessionRevoked { session_id: id, user_id });
            }
            Self::UserRevokedElsewhere => {
                store.remove(id);
                cache.invalidate(&Event::UserRevoked { user_id, disabled: true });
            }
            Self::Lagged => {
                store.remove(id);
                cache.clear();
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_was_found_is_not_read_again() {
    let (store, cache) = cached();
    let live = store.add();
    for _ in 0..5 {
        assert_eq!(cache.find(live.session.id).await.unwrap(), Some(live.clone()));
    }
    assert_eq!(store.finds(), 1);
}

#[tokio::test]
async fn absence_is_not_remembered() {
    let (store, cache) = cached();
    let live = store.add();
    store.remove(live.session.id);
    assert_eq!(cache.find(live.session.id).await.unwrap(), None);
    store.sessions.lock().unwrap().insert(live.session.id, live.clone());
    assert_eq!(cache.find(live.session.id).await.unwrap(), Some(live));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_read_again_when_its_time_is_up() {
    let (store, cache) = cached();
    let live = store.add();
    cache.find(live.session.id).await.unwrap();
    store.remove(live.session.id);
    tokio::time::advance(Duration::from_millis(29_999)).await;
    assert_eq!(cache.find(live.session.id).await.unwrap(), Some(live.clone()));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(cache.find(live.session.id).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn the_time_runs_from_the_beginning_of_the_look_up() {
    let (store, cache) = cached();
    let live = store.add();
    let (has_read, release) = store.hold_next_find();
    let slow = async {
        has_read.await.unwrap();
        tokio::time::advance(Duration::from_secs(20)).await;
        release.send(()).unwrap();
    };
    assert_eq!(tokio::join!(cache.find(live.session.id), slow).0.unwrap(), Some(live.clone()));
    store.remove(live.session.id);
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(cache.find(live.session.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_that_ended_is_forgotten_at_once() {
    for ending in ENDINGS {
        let (store, cache) = cached();
        let live = store.add();
        assert!(cache.find(live.session.id).await.unwrap().is_some());
        ending.happen(&store, &cache, &live).await;
        assert_eq!(cache.find(live.session.id).await.unwrap(), None, "{ending:?}");
    }
}

#[tokio::test]
async fn a_look_up_that_a_session_s_end_overtook_is_not_remembered() {
    for ending in ENDINGS {
        let (store, cache) = cached();
        let live = store.add();
        let (has_read, release) = store.hold_next_find();
        let overtaking = async {
            has_read.await.unwrap();
            ending.happen(&store, &cache, &live).await;
            release.send(()).unwrap();
        };
        let (overtaken, ()) = tokio::join!(cache.find(live.session.id), overtaking);
        assert_eq!(overtaken.unwrap(), Some(live.clone()), "it had read before the end");
        assert_eq!(cache.find(live.session.id).await.unwrap(), None, "{ending:?}");
        assert_eq!(store.finds(), 2, "{ending:?}");
    }
}

#[tokio::test]
async fn the_end_of_one_user_s_sessions_leaves_those_of_others() {
    let (store, cache) = cached();
    let (gone, kept) = (store.add(), store.add());
    for live in [&gone, &kept] {
        cache.find(live.session.id).await.unwrap();
    }
    cache.revoke_all(gone.user.id, None).await.unwrap();
    assert_eq!(cache.find(kept.session.id).await.unwrap(), Some(kept));
    assert_eq!(store.finds(), 2);
}

#[tokio::test]
async fn other_events_forget_nothing() {
    let (store, cache) = cached();
    let live = store.add();
    cache.find(live.session.id).await.unwrap();
    let notice = MemberNotice {
        room_id: RoomId::new(fresh_id()),
        user_id: live.user.id,
        username: live.user.username.clone(),
        at: BASE_TIME,
    };
    cache.invalidate(&Event::MemberLeft(notice.clone()));
    cache.invalidate(&Event::Disconnected(notice));
    cache.invalidate(&Event::SessionRevoked { session_id: SessionId::new(fresh_id()), user_id: live.user.id });
    cache.find(live.session.id).await.unwrap();
    assert_eq!(store.finds(), 1);
}

#[tokio::test]
async fn a_user_who_changed_is_read_again() {
    let (store, cache) = cached();
    let live = store.add();
    cache.find(live.session.id).await.unwrap();
    cache.invalidate(&Event::UserChanged(live.user.id));
    cache.find(live.session.id).await.unwrap();
    assert_eq!(store.finds(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_revocation_nobody_finds_the_session_however_many_look() {
    let (store, cache) = cached();
    let cache = Arc::new(cache);
    for _ in 0..300 {
        let live = store.add();
        let (id, user_id) = (live.session.id, live.user.id);
        let mut lookers = JoinSet::new();
        for _ in 0..3 {
            let cache = Arc::clone(&cache);
            lookers.spawn(async move { while cache.find(id).await.unwrap().is_some() {} });
        }
        cache.revoke(user_id, id).await.unwrap();
        assert_eq!(cache.find(id).await.unwrap(), None);
        lookers.join_all().await;
        assert_eq!(cache.find(id).await.unwrap(), None);
    }
}
