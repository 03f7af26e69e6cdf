//! The promises of group commit, with the writer held between two steps.

use std::sync::mpsc::{Sender, channel};

use domain::model::{MessageChange, PageAnchor, Room, RoomRev, User};
use domain::port::{AppendError, Changed, RepositoryError};
use tempfile::TempDir;
use testkit::{a_message, a_room, a_user, emoji, page_size};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::change::change;
use crate::error::{Failure, corrupt};
use crate::job::{Touches, Writing};
use crate::{SqliteOptions, SqliteStore};

type Outcome<T> = JoinHandle<Result<T, RepositoryError>>;

struct Fixture {
    store: SqliteStore,
    ann: User,
    room: Room,
    _dir: TempDir,
}

async fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap();
    let ann = a_user("ann");
    let room = a_room("general", ann.user.id);
    store.users().insert(ann.clone()).await.unwrap();
    store.rooms().insert(room.clone()).await.unwrap();
    Fixture { store, ann: ann.user, room: room.room, _dir: dir }
}

impl Fixture {
    /// Queues a job that holds the writer until the sender is used or dropped; returns once it holds.
    async fn hold(&self) -> (Sender<()>, Outcome<()>) {
        let (release, released) = channel::<()>();
        let (entered, holding) = oneshot::channel();
        let held = self.spawn(move |_| {
            entered.send(()).unwrap();
            let _ = released.recv();
            Ok(())
        });
        holding.await.unwrap();
        (release, held)
    }

    fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Outcome<T> {
        self.spawn_touching(Touches::Rooms, work)
    }

    #[expect(clippy::disallowed_methods, reason = "each test waits for its tasks")]
    fn spawn_touching<T: Send + 'static>(
        &self,
        touches: Touches,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Outcome<T> {
        let store = self.store.clone();
        tokio::spawn(async move { store.shared().writer.write(touches, work).await })
    }

    fn append_each(&self, texts: impl IntoIterator<Item = String>) -> JoinSet<Result<u64, AppendError>> {
        let mut tasks = JoinSet::new();
        for text in texts {
            let (messages, message) = (self.store.messages(), a_message(self.room.id, &self.ann, &text));
            tasks.spawn(async move { messages.append(message).await.map(|appended| appended.message.seq.get()) });
        }
        tasks
    }

    async fn head(&self) -> u64 {
        self.store.messages().page(self.room.id, PageAnchor::Latest, page_size(1)).await.unwrap().head.seq.get()
    }

    async fn queued(&self, jobs: usize) {
        while self.store.shared().writer.queued() < jobs {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_queued_during_a_commit_shares_the_next_one() {
    let fixture = fixture().await;
    let (release, held) = fixture.hold().await;
    let before = fixture.store.statistics();
    let appends = fixture.append_each((0..100).map(|number| format!("message {number}")));
    fixture.queued(100).await;
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    let mut places: Vec<u64> = appends.join_all().await.into_iter().map(Result::unwrap).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=100).collect::<Vec<_>>());
    let after = fixture.store.statistics();
    assert_eq!((after.commits - before.commits, after.writes - before.writes), (2, 101));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_seen_or_answered_before_its_commit() {
    let fixture = fixture().await;
    let (release, held) = fixture.hold().await;
    let mut appends = fixture.append_each(["first".to_owned()]);
    fixture.queued(1).await;
    // Shares the transaction with the append, after it.
    let (let_commit, may_commit) = channel::<()>();
    let (entered, appended) = oneshot::channel();
    let last = fixture.spawn(move |writing| {
        let heads: i64 = writing.connection.query_row("SELECT max(head_seq) FROM rooms", [], |row| row.get(0))?;
        entered.send(heads).unwrap();
        let _ = may_commit.recv();
        Ok(())
    });
    fixture.queued(2).await;
    release.send(()).unwrap();
    assert_eq!(appended.await.unwrap(), 1, "the writer itself sees the append");
    assert_eq!(fixture.head().await, 0);
    assert!(appends.try_join_next().is_none(), "answered before the commit");
    let_commit.send(()).unwrap();
    assert_eq!(appends.join_next().await.unwrap().unwrap().unwrap(), 1);
    assert_eq!(fixture.head().await, 1);
    held.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_panics_or_fails_takes_nothing_else_with_it() {
    let fixture = fixture().await;
    let (release, held) = fixture.hold().await;
    let insert = "INSERT INTO users (user_id, username, name_key, name_skeleton, is_admin, disabled, created_at, \
                  password_hash, checksum) VALUES (randomblob(12), 'x', 'x', 'x', 0, 0, 0, '', 0)";
    let mut appends = fixture.append_each(["before".to_owned()]);
    fixture.queued(1).await;
    let panics = fixture.spawn(move |writing| -> Result<(), Failure> {
        writing.connection.execute(insert, [])?;
        panic!("as this test wants");
    });
    fixture.queued(2).await;
    let fails = fixture.spawn(move |writing| {
        writing.connection.execute(insert, [])?;
        writing.connection.execute("no such statement", [])?;
        Ok(())
    });
    fixture.queued(3).await;
    let mut later = fixture.append_each(["after".to_owned()]);
    fixture.queued(4).await;
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(appends.join_next().await.unwrap().unwrap().unwrap(), 1);
    assert_eq!(later.join_next().await.unwrap().unwrap().unwrap(), 2);
    assert!(matches!(panics.await.unwrap(), Err(RepositoryError::Corrupt(_))));
    assert!(fails.await.unwrap().is_err());
    let users = fixture.store.users().list(None, page_size(10)).await.unwrap();
    assert_eq!(users, std::slice::from_ref(&fixture.ann));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_sync_ends_all_writing_and_is_told() {
    let fixture = fixture().await;
    let (release, held) = fixture.hold().await;
    let mut appends = fixture.append_each(["never".to_owned()]);
    fixture.queued(1).await;
    fixture.store.shared().health.fail("a test says so");
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    let refused = appends.join_next().await.unwrap().unwrap();
    assert!(matches!(refused, Err(AppendError::Repository(RepositoryError::Unavailable(_)))), "{refused:?}");
    assert_eq!(fixture.store.failed().await, "a test says so");
    assert!(fixture.store.dataset().check().await.is_err());
    assert_eq!(fixture.head().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_does_what_is_queued_and_refuses_what_comes_later() {
    let fixture = fixture().await;
    let (release, held) = fixture.hold().await;
    let appends = fixture.append_each(["a".to_owned(), "b".to_owned()]);
    fixture.queued(2).await;
    release.send(()).unwrap();
    fixture.store.close().await.unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(appends.join_all().await.into_iter().flatten().count(), 2);
    let late = fixture.store.messages().append(a_message(fixture.room.id, &fixture.ann, "late")).await;
    assert!(matches!(late, Err(AppendError::Repository(RepositoryError::Unavailable(_)))), "{late:?}");
    assert_eq!(fixture.head().await, 2, "reading goes on");
    fixture.store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_take_the_numbers_between_the_appends_around_them() {
    let fixture = fixture().await;
    let messages = fixture.store.messages();
    let first = messages.append(a_message(fixture.room.id, &fixture.ann, "first")).await.unwrap().message;
    let (release, held) = fixture.hold().await;
    let mut appends = fixture.append_each(["second".to_owned()]);
    fixture.queued(1).await;
    let react = MessageChange::React { by: fixture.ann.id, emoji: emoji("👍") };
    let changed = fixture.spawn_touching(Touches::Rest, {
        let react = react.clone();
        move |writing| change(writing.connection, writing.heads, first.id, &react)
    });
    fixture.queued(2).await;
    // Reads the head within the batch, writes, and then fails.
    let room_id = fixture.room.id;
    let fails = fixture.spawn_touching(Touches::Rest, move |writing| -> Result<(), Failure> {
        assert_eq!(writing.heads.room(writing.connection, room_id)?.map(|head| (head.seq, head.rev)), Some((2, 3)));
        writing.connection.execute("UPDATE messages SET reactions = NULL", [])?;
        Err(corrupt("as this test wants"))
    });
    fixture.queued(3).await;
    let mut later = fixture.append_each(["third".to_owned()]);
    fixture.queued(4).await;
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert!(fails.await.unwrap().is_err());
    assert_eq!(appends.join_next().await.unwrap().unwrap().unwrap(), 2);
    assert_eq!(later.join_next().await.unwrap().unwrap().unwrap(), 3);
    let Changed::Done(reacted) = changed.await.unwrap().unwrap() else { panic!("nothing was changed") };
    let changes = messages.changes(room_id, RoomRev::ZERO, page_size(10)).await.unwrap();
    let numbers: Vec<_> = changes.items.iter().map(|message| (message.seq.get(), message.rev.get())).collect();
    assert_eq!((numbers, changes.head.rev.get()), (vec![(2, 2), (1, 3), (3, 4)], 4));
    assert_eq!(messages.change(first.id, react).await.unwrap(), Changed::Unchanged(reacted));
}
