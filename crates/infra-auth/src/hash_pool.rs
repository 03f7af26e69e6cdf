//! A few threads that hash, and a bounded queue before them.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use domain::port::PasswordError;
use tokio::sync::oneshot;

use crate::hash_memory::HashMemory;

type Job = Box<dyn FnOnce(&mut HashMemory) + Send>;

struct State {
    jobs: VecDeque<Job>,
    /// Jobs waiting or running.
    unfinished: usize,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    most_unfinished: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No job runs under the lock, so a panic can't have left the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Threads of their own rather than the runtime's for blocking work: those come by the hundred, and a storm of
/// log-ins would then take every core and 19 MiB for each.
pub(crate) struct HashPool {
    shared: Arc<Shared>,
}

impl HashPool {
    /// Starts `workers` threads, for which `queue` jobs may wait. The threads end when the pool is dropped.
    pub(crate) fn start(workers: usize, queue: usize) -> io::Result<Self> {
        let state = State { jobs: VecDeque::new(), unfinished: 0, closed: false };
        let most_unfinished = workers.saturating_add(queue);
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), most_unfinished });
        // Made first, so that threads that did start end if a later one doesn't.
        let pool = Self { shared: Arc::clone(&shared) };
        for number in 0..workers {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("argon2-{number}")).spawn(move || work(&shared))?;
        }
        Ok(pool)
    }

    /// Runs a job when its turn comes, first come first served. If the caller stops waiting before then, it
    /// isn't run.
    ///
    /// # Errors
    /// `Overloaded` at once if the queue is full, `Failed` if the job panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let (sender, receiver) = oneshot::channel();
        self.submit(Box::new(move |memory| {
            if !sender.is_closed() {
                let _ = sender.send(job(memory));
            }
        }))?;
        receiver.await.map_err(|_| PasswordError::Failed)
    }

    fn submit(&self, job: Job) -> Result<(), PasswordError> {
        let mut state = self.shared.lock();
        if state.unfinished >= self.shared.most_unfinished {
            return Err(PasswordError::Overloaded);
        }
        state.unfinished += 1;
        state.jobs.push_back(job);
        drop(state);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl fmt::Debug for HashPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashPool").field("unfinished", &self.shared.lock().unfinished).finish_non_exhaustive()
    }
}

fn work(shared: &Shared) {
    let mut memory = HashMemory::default();
    while let Some(job) = next_job(shared, &mut memory) {
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            // The caller learns it from the answer that never comes.
            tracing::error!("a password job panicked");
            memory.release();
        }
        shared.lock().unfinished -= 1;
    }
}

/// Waits for a job, without holding memory meanwhile; nothing once the pool is closed.
fn next_job(shared: &Shared, memory: &mut HashMemory) -> Option<Job> {
    let mut state = shared.lock();
    loop {
        if state.closed {
            return None;
        }
        if let Some(job) = state.jobs.pop_front() {
            return Some(job);
        }
        if memory.is_released() {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        } else {
            drop(state);
            memory.release();
            state = shared.lock();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    /// A job that says when it began and ends when told to.
    fn gate() -> (impl FnOnce(&mut HashMemory) + Send + 'static, oneshot::Receiver<()>, mpsc::Sender<()>) {
        let (began, has_begun) = oneshot::channel();
        let (finish, finished) = mpsc::channel::<()>();
        let job = move |_: &mut HashMemory| {
            began.send(()).unwrap();
            let _ = finished.recv();
        };
        (job, has_begun, finish)
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_refused_at_once() {
        let pool = HashPool::start(1, 2).unwrap();
        let (job, has_begun, finish) = gate();
        let running = pool.run(job);
        let others = async {
            has_begun.await.unwrap();
            let order = Arc::new(Mutex::new(Vec::new()));
            let note = |number| {
                let order = Arc::clone(&order);
                move |_: &mut HashMemory| order.lock().unwrap().push(number)
            };
            let (first, second, third) = tokio::join!(pool.run(note(1)), pool.run(note(2)), async {
                let refused = pool.run(note(3)).await;
                finish.send(()).unwrap();
                refused
            });
            assert_eq!((first, second, third), (Ok(()), Ok(()), Err(PasswordError::Overloaded)));
            assert_eq!(*order.lock().unwrap(), [1, 2]);
        };
        assert_eq!(tokio::join!(running, others).0, Ok(()));
        assert_eq!(pool.run(|_| 4).await, Ok(4), "there is room again");
    }

    #[tokio::test]
    async fn no_more_jobs_run_at_once_than_there_are_workers() {
        let pool = HashPool::start(2, 100).unwrap();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let jobs = (0..50).map(|_| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            pool.run(move |_| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
            })
        });
        for result in futures_util::future::join_all(jobs).await {
            assert_eq!(result, Ok(()));
        }
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn a_job_nobody_waits_for_is_not_run() {
        let pool = HashPool::start(1, 2).unwrap();
        let (job, has_begun, finish) = gate();
        let running = pool.run(job);
        let others = async {
            has_begun.await.unwrap();
            let mut abandoned = Box::pin(pool.run(|_| panic!("nobody waits for this")));
            assert!(futures_util::poll!(&mut abandoned).is_pending());
            drop(abandoned);
            finish.send(()).unwrap();
        };
        tokio::join!(running, others).0.unwrap();
        assert_eq!(pool.run(|_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn a_job_that_panics_fails_alone_and_leaves_its_place() {
        let pool = HashPool::start(1, 1).unwrap();
        for _ in 0..5 {
            let failed: Result<(), _> = pool.run(|_| panic!("on purpose")).await;
            assert_eq!(failed, Err(PasswordError::Failed));
        }
        assert_eq!(pool.run(|_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn an_idle_worker_holds_no_memory() {
        let pool = HashPool::start(1, 2).unwrap();
        let (job, has_begun, finish) = gate();
        let first = pool.run(|memory| {
            memory.blocks(8).unwrap();
            job(memory);
        });
        let second = async {
            has_begun.await.unwrap();
            let kept = pool.run(|memory| memory.is_released());
            tokio::join!(kept, async { finish.send(()).unwrap() }).0
        };
        assert_eq!(tokio::join!(first, second).1, Ok(false), "kept while somebody waits");
        // The worker answers before it looks for the next job, so this job may still come in time to find it.
        let mut released = false;
        for _ in 0..100_000 {
            released = pool.run(|memory| memory.is_released()).await == Ok(true);
            if released {
                break;
            }
            thread::yield_now();
        }
        assert!(released, "given back when nobody waits");
    }

    #[tokio::test]
    async fn the_threads_end_with_the_pool() {
        let pool = HashPool::start(2, 1).unwrap();
        let shared = Arc::downgrade(&pool.shared);
        assert_eq!(pool.run(|_| 1).await, Ok(1));
        drop(pool);
        while shared.upgrade().is_some() {
            thread::yield_now();
        }
    }
}
