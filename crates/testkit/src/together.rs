//! Several things at once.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Runs each future in a task of its own, all let go at the same moment, and gives what came of them in no
/// particular order. Panics if one did.
pub async fn together<T, F>(futures: impl IntoIterator<Item = F>) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let futures: Vec<F> = futures.into_iter().collect();
    let barrier = Arc::new(Barrier::new(futures.len().max(1)));
    let mut tasks = JoinSet::new();
    for future in futures {
        let barrier = Arc::clone(&barrier);
        tasks.spawn(async move {
            barrier.wait().await;
            future.await
        });
    }
    tasks.join_all().await
}
