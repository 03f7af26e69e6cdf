//! Stands between a node and its MongoDB, and breaks what lies between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use infra_mongo::MongoStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

/// What happens to what passes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// It passes.
    Open,
    /// Connections end, and new ones end at once.
    Cut,
    /// Connections stay, and nothing passes.
    Frozen,
}

/// A way to MongoDB that can be cut.
pub(crate) struct Proxy {
    uri: String,
    line: Arc<Line>,
    _acceptor: AbortOnDropHandle<()>,
}

struct Line {
    mode: watch::Sender<Mode>,
    /// How many more bytes pass towards the server before the line is cut; negative for no end.
    left: AtomicI64,
}

impl Proxy {
    /// Opens a way to the first server of an address.
    pub(crate) async fn to(uri: &str) -> Self {
        let (scheme, rest) = uri.split_once("://").unwrap();
        let (hosts, path) = rest.split_once('/').unwrap();
        let (user, hosts) = hosts.rsplit_once('@').map_or(("", hosts), |(user, hosts)| (user, hosts));
        let server = hosts.split(',').next().unwrap().to_owned();
        let database = path.split('?').next().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let at = if user.is_empty() { "" } else { "@" };
        let line = Arc::new(Line { mode: watch::Sender::new(Mode::Open), left: AtomicI64::new(-1) });
        let tasks = TaskTracker::new();
        let acceptor = tasks.spawn(accept(listener, server, Arc::clone(&line), tasks.clone()));
        Self {
            uri: format!("{scheme}://{user}{at}127.0.0.1:{port}/{database}?directConnection=true"),
            line,
            _acceptor: AbortOnDropHandle::new(acceptor),
        }
    }

    /// Connects a node through it.
    pub(crate) async fn connect(&self) -> MongoStore {
        MongoStore::connect(&self.uri, super::options()).await.unwrap()
    }

    /// Ends all connections and lets no new ones through.
    pub(crate) fn cut(&self) {
        self.line.mode.send_replace(Mode::Cut);
    }

    /// Cuts once that many more bytes went to the server, which gets them and can't answer.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.line.left.store(bytes, Ordering::SeqCst);
    }

    /// Keeps the connections and lets nothing through.
    pub(crate) fn freeze(&self) {
        self.line.mode.send_replace(Mode::Frozen);
    }

    /// Lets everything through again.
    pub(crate) fn mend(&self) {
        self.line.left.store(-1, Ordering::SeqCst);
        self.line.mode.send_replace(Mode::Open);
    }
}

async fn accept(listener: TcpListener, server: String, line: Arc<Line>, tasks: TaskTracker) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        if *line.mode.borrow() == Mode::Cut {
            continue;
        }
        let Ok(server) = TcpStream::connect(&server).await else { continue };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tasks.spawn(carry(from_client, to_server, Arc::clone(&line), true));
        tasks.spawn(carry(from_server, to_client, Arc::clone(&line), false));
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: Arc<Line>, outward: bool) {
    let mut modes = line.mode.subscribe();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            _ = modes.wait_for(|mode| *mode == Mode::Cut) => return,
            read = from.read(&mut buffer) => read.unwrap_or(0),
        };
        if read == 0 || modes.wait_for(|mode| *mode != Mode::Frozen).await.is_err() {
            return;
        }
        let length = i64::try_from(read).unwrap();
        let last = outward && {
            let left = line.left.load(Ordering::SeqCst);
            left >= 0 && line.left.fetch_sub(length, Ordering::SeqCst) <= length
        };
        if last {
            // Before the server can answer.
            line.mode.send_replace(Mode::Cut);
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
