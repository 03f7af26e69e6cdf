//! A connection to the gateway that comes back by itself.

mod conversation;
mod driver;
mod handle;
mod options;
mod plan;
mod socket;
mod teller;

use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use driver::Driver;
pub use handle::{CommandError, GatewayHandle, Sent};
pub use options::GatewayOptions;
pub use plan::Stopped;
pub use socket::GatewaySocket;

use crate::event::GatewayEvent;
use crate::replica::Replica;
use crate::session::ClientSession;

/// How many requests wait to be taken by the gateway's task; whoever makes the next one waits.
const REQUESTS: usize = 64;

/// A connection to everything the user can see: it reconnects by itself, catches up with what was missed, and asks for
/// commands again until they are answered. Its task ends when it is dropped.
///
/// Events that aren't taken in time are left out, so that a slow program doesn't keep it from answering the server:
/// then [`GatewayEvent::Missed`] is told, and [`Replica`] knows how things stand.
#[derive(Debug)]
pub struct Gateway {
    events: mpsc::Receiver<GatewayEvent>,
    handle: GatewayHandle,
    stopped: Arc<OnceLock<Stopped>>,
    /// Ends the task when it is dropped.
    _task: JoinSet<()>,
}

impl Gateway {
    /// Starts a task, on the current runtime, that connects as soon as it can.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(session: ClientSession, options: GatewayOptions) -> Self {
        let (events_sender, events) = mpsc::channel(options.events.max(1));
        let (requests_sender, requests) = mpsc::channel(REQUESTS);
        let replica = Arc::new(Mutex::new(Replica::new(options.messages_per_room)));
        let stopped = Arc::new(OnceLock::new());
        let driver = Driver::new(session, options, Arc::clone(&replica), requests, events_sender);
        let (mut task, reason) = (JoinSet::new(), Arc::clone(&stopped));
        task.spawn(driver.run(reason));
        Self { events, handle: GatewayHandle { requests: requests_sender, replica }, stopped, _task: task }
    }

    /// Waits for the next event. Nothing is lost if the wait is given up.
    ///
    /// # Errors
    /// [`Stopped`] once there will be no further connection, and again each time.
    pub async fn next(&mut self) -> Result<GatewayEvent, Stopped> {
        match self.events.recv().await {
            Some(event) => Ok(event),
            None => Err(self.stopped.get().cloned().unwrap_or(Stopped::Ended)),
        }
    }

    /// Takes events until one is `wanted`, and gives that one.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn next_where(&mut self, wanted: impl Fn(&GatewayEvent) -> bool) -> Result<GatewayEvent, Stopped> {
        loop {
            let event = self.next().await?;
            if wanted(&event) {
                return Ok(event);
            }
        }
    }

    /// Takes events until everything that had been missed is known.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn synced(&mut self) -> Result<(), Stopped> {
        self.next_where(|event| matches!(event, GatewayEvent::Synced(_))).await.map(drop)
    }

    /// Gives the way to speak through it, for this or other tasks.
    pub fn handle(&self) -> GatewayHandle {
        self.handle.clone()
    }

    /// Looks at what is known. Frames wait meanwhile.
    pub fn replica<T>(&self, look: impl FnOnce(&Replica) -> T) -> T {
        self.handle.replica(look)
    }
}
