//! The gateway's task: connects, talks, waits, and connects again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::handle::{CommandError, Request};
use super::options::GatewayOptions;
use super::plan::{Attempts, Lost, Next, Stopped};
use super::socket::GatewaySocket;
use super::teller::Teller;
use crate::event::GatewayEvent;
use crate::outbox::Outbox;
use crate::random::random;
use crate::replica::Replica;
use crate::session::ClientSession;

/// Whoever waits for a command's outcome.
pub(super) type Whom = oneshot::Sender<Result<protocol::OkFrame, CommandError>>;

/// What outlives connections.
#[derive(Debug)]
pub(super) struct Driver {
    session: ClientSession,
    pub(super) options: GatewayOptions,
    replica: Arc<Mutex<Replica>>,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) teller: Teller,
    pub(super) outbox: Outbox<Whom>,
    /// What is said on every connection, by `op`.
    pub(super) kept: BTreeMap<String, Value>,
    pub(super) attempts: Attempts,
}

impl Driver {
    pub(super) fn new(
        session: ClientSession,
        options: GatewayOptions,
        replica: Arc<Mutex<Replica>>,
        requests: mpsc::Receiver<Request>,
        events: mpsc::Sender<GatewayEvent>,
    ) -> Self {
        let (outbox, teller) = (Outbox::new(options.commands), Teller::new(events));
        let (kept, attempts) = (BTreeMap::new(), Attempts::default());
        Self { session, options, replica, requests, teller, outbox, kept, attempts }
    }

    /// Runs until there will be no further connection, and leaves the reason behind.
    pub(super) async fn run(mut self, reason: Arc<OnceLock<Stopped>>) {
        loop {
            let lost = match self.connect().await {
                Ok(socket) => self.converse(socket).await,
                Err(lost) => lost,
            };
            self.outbox.disconnected();
            self.replica().disconnected();
            let mut next = self.attempts.after(&lost, &self.options, random());
            if next == Next::Refresh {
                next = self.refresh().await;
            }
            match next {
                Next::Wait(retry_in) => {
                    self.teller.tell(GatewayEvent::Disconnected { code: lost.code(), retry_in });
                    self.meanwhile(sleep(retry_in)).await;
                }
                Next::Refresh => {}
                Next::Stop(stopped) => {
                    // The sender of events goes with this task, so the reason is there when they end.
                    let _ = reason.set(stopped);
                    return;
                }
            }
        }
    }

    /// Takes a request in; what can be said only now is given back.
    pub(super) fn accept(&mut self, request: Request) -> Option<Value> {
        match request {
            Request::Command(command, whom) => {
                if let Err(whom) = self.outbox.push(command, whom) {
                    // Whoever doesn't wait any more needn't know.
                    let _ = whom.send(Err(CommandError::Full));
                }
                None
            }
            Request::Say(frame) => Some(frame),
            Request::Keep(frame) => {
                let op = frame.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
                self.kept.insert(op, frame.clone());
                Some(frame)
            }
        }
    }

    pub(super) fn replica(&self) -> MutexGuard<'_, Replica> {
        self.replica.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&mut self) -> Result<GatewaySocket, Lost> {
        let session = self.session.clone();
        let opening = async move {
            let ticket = session.ticket().await?;
            GatewaySocket::connect(session.api().url(), &ticket.ticket).await
        };
        let opened = self.meanwhile(timeout(self.options.connect_timeout, opening)).await;
        Ok(opened.map_err(|_| Lost::Closed { code: 1006 })??)
    }

    /// Gets a new token after the server said that the old one is past its time.
    async fn refresh(&mut self) -> Next {
        let session = self.session.clone();
        match self.meanwhile(async move { session.refresh().await }).await {
            Ok(()) => Next::Wait(Duration::ZERO),
            Err(error) => self.attempts.after(&error.into(), &self.options, random()),
        }
    }

    /// Takes requests while something else is waited for.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                Some(request) = self.requests.recv() => drop(self.accept(request)),
                () = self.teller.tell_missed() => {}
            }
        }
    }
}
