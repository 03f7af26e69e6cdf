//! Batches of what waits in a queue and of what is about to.

use tokio::sync::mpsc::Receiver;
use tokio::task::yield_now;

/// Waits for something, then takes what others are about to enqueue: those that the same answer woke come one after
/// the other, and are worth the wait of a few turns of the scheduler as long as each turn brings somebody. Takes
/// `most` at most. Leaves `batch` empty if nobody will ever enqueue anything any more.
pub(crate) async fn gather<T>(queue: &mut Receiver<T>, batch: &mut Vec<T>, most: usize) {
    queue.recv_many(batch, most).await;
    while batch.len() < most {
        yield_now().await;
        let before = batch.len();
        while batch.len() < most
            && let Ok(another) = queue.try_recv()
        {
            batch.push(another);
        }
        if batch.len() == before {
            break;
        }
    }
}
