//! The accept loop and the graceful stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::{debug, info, warn};

use crate::app::App;
use crate::edge::Peer;
use crate::router::{Documents, router};
use crate::state::{AppState, Shared};

/// The longest pause after the system refused to accept a connection.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// What of a stop is left for sockets to take what is queued for them.
const FOR_SOCKETS: Duration = Duration::from_secs(3);
/// How long the hub gets to hand out what the last commands did.
const FAN_OUT: Duration = Duration::from_millis(50);
/// hyper reads into buffers of at least this size.
const LEAST_HEADER_BYTES: usize = 8 * 1024;
/// The size of a header block if it isn't limited: hyper needs some bound.
const UNLIMITED_HEADER_BYTES: usize = 1024 * 1024;

/// Serves connections until `shutdown` is cancelled, then stops gracefully: readiness turns 503, nobody new is
/// let in, requests and commands under way finish, the hub is stopped, sockets are closed with 1012 after what
/// is queued for them, all within [`crate::Timings::shutdown`].
///
/// A metrics recorder, if there is to be one, has to be installed before.
///
/// # Errors
/// None while serving: what fails concerns one connection and is logged. An error means that the listener
/// can't be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: CancellationToken) -> io::Result<()> {
    listener.local_addr()?;
    let documents = Documents::of(&app.options.version);
    let server = Server::new(Arc::new(Shared::new(app, documents)));
    server.accept(&listener, &shutdown).await;
    server.state.app.readiness.drain();
    drop(listener);
    server.stop().await;
    Ok(())
}

struct Server {
    state: AppState,
    router: Router,
    http: http1::Builder,
    connections: TaskTracker,
}

impl Server {
    fn new(state: AppState) -> Self {
        let router = router(&state);
        let options = &state.app.options;
        let header_bytes = match options.limits.header_bytes {
            0 => UNLIMITED_HEADER_BYTES,
            limit => limit.max(LEAST_HEADER_BYTES),
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(options.timings.header_read).max_buf_size(header_bytes);
        Self { state, router, http, connections: TaskTracker::new() }
    }

    /// Accepts connections until it is time to stop, whatever the system says meanwhile.
    async fn accept(&self, listener: &TcpListener, shutdown: &CancellationToken) {
        let mut pause = Duration::ZERO;
        loop {
            let accepted = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    pause = Duration::ZERO;
                    self.connect(stream, peer);
                }
                // One client's trouble.
                Err(error) if is_about_one_connection(&error) => {}
                // Ours, usually too many open files: wait until some were closed.
                Err(error) => {
                    pause = (pause * 2).clamp(Duration::from_millis(10), LONGEST_PAUSE);
                    warn!(cause = %error, pause_ms = pause.as_millis(), "no connection can be accepted");
                    tokio::select! {
                        () = shutdown.cancelled() => return,
                        () = sleep(pause) => {}
                    }
                }
            }
        }
    }

    fn connect(&self, stream: TcpStream, peer: SocketAddr) {
        // Without it small frames wait for the acknowledgement of earlier ones.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(cause = %error, "a client left at once");
            return;
        }
        let router = self.router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            router.clone().oneshot(request)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let stopping = self.state.stopping.clone();
        let give_up = self.state.give_up.clone();
        // Boxed, so that its memory goes when it ends: after an upgrade the stream lives on and still knows the waker of
        // this task, which keeps what the task was allocated with.
        self.connections.spawn(Box::pin(give_up.run_until_cancelled_owned(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopping.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                debug!(cause = %error, "a connection ended early");
            }
        })));
    }

    /// Lets requests and commands under way finish, then closes sockets, then gives up on the rest.
    async fn stop(self) {
        let state = &self.state;
        let end = Instant::now() + state.app.options.timings.shutdown;
        let half = end - FOR_SOCKETS.min(state.app.options.timings.shutdown / 2);
        info!(sockets = state.sockets.len(), connections = self.connections.len(), "stopping");
        state.stopping.cancel();
        self.connections.close();
        state.commands.close();
        let _ = timeout_at(half, async { tokio::join!(self.connections.wait(), state.commands.wait()) }).await;
        sleep(FAN_OUT).await;
        state.app.hub.stop();
        state.sockets.close();
        if timeout_at(end, async { tokio::join!(state.sockets.wait(), self.connections.wait()) }).await.is_err() {
            let (sockets, connections) = (state.sockets.len(), self.connections.len());
            warn!(sockets, connections, "some clients did not finish in time");
        }
        state.give_up.cancel();
    }
}

/// Tells whether an accept error says something about one client only.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
