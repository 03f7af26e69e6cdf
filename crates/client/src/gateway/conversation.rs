//! What is said on one connection.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use protocol::{ErrorFrame, GatewayFrame};
use serde_json::{Value, json};
use tokio::time::{sleep_until, timeout, timeout_at};

use super::driver::Driver;
use super::handle::told;
use super::plan::Lost;
use super::socket::GatewaySocket;
use crate::event::GatewayEvent;
use crate::outbox::Answer;
use crate::replica::Effect;

/// How long one frame may take to be written.
const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// The `id` of `sync`; others are numbers.
const SYNC: &str = "sync";
/// How long it waits before it asks again after `sync` was refused, where the server doesn't say.
const SYNC_RETRY: Duration = Duration::from_secs(1);

/// What belongs to one connection.
struct Conversation {
    socket: GatewaySocket,
    last_frame: Instant,
    /// Whether the server has said who we are: nothing is asked for before.
    greeted: bool,
    /// Whether everything was caught up with once.
    synced: bool,
    /// When to ask again for what is missing.
    sync_at: Option<Instant>,
    /// When to come back, once the server said that it would close.
    announced: Option<Duration>,
}

impl Driver {
    /// Talks until the connection is lost.
    pub(super) async fn converse(&mut self, socket: GatewaySocket) -> Lost {
        let mut talk = Conversation {
            socket,
            last_frame: Instant::now(),
            greeted: false,
            synced: false,
            sync_at: None,
            announced: None,
        };
        loop {
            if let Err(lost) = self.turn(&mut talk).await {
                return match (lost, talk.announced) {
                    (Lost::Closed { code: code @ (1000..=1006 | 1012) }, Some(after)) => {
                        Lost::Announced { code, after }
                    }
                    (lost, _) => lost,
                };
            }
        }
    }

    /// Waits for one thing to happen and does what follows.
    async fn turn(&mut self, talk: &mut Conversation) -> Result<(), Lost> {
        let patience = if talk.greeted { self.options.silence } else { self.options.connect_timeout };
        let silent = talk.last_frame + patience;
        let due = if talk.greeted { [self.outbox.next_due(), talk.sync_at].into_iter().flatten().min() } else { None };
        tokio::select! {
            frames = timeout_at(silent.into(), talk.socket.next()) => {
                let frames = frames.map_err(|_| Lost::Closed { code: 1006 })??;
                talk.last_frame = Instant::now();
                self.listen(talk, frames).await?;
            }
            Some(request) = self.requests.recv() => {
                if let Some(frame) = self.accept(request).filter(|_| talk.greeted) {
                    talk.say(&frame).await?;
                }
            }
            () = sleep_until(due.unwrap_or(silent).into()), if due.is_some() => {}
            () = self.teller.tell_missed() => {}
        }
        self.say_what_is_due(talk).await
    }

    async fn listen(&mut self, talk: &mut Conversation, frames: Vec<GatewayFrame>) -> Result<(), Lost> {
        let mut behind = BTreeMap::new();
        for frame in frames {
            match &frame {
                GatewayFrame::Ok(ok) => self.answer(talk, ok.id.as_ref(), Ok(ok.clone())),
                GatewayFrame::Error(error) => self.answer(talk, error.id.as_ref(), Err(error.clone())),
                GatewayFrame::Reconnect(reconnect) => talk.announced = Some(Duration::from_millis(reconnect.after_ms)),
                _ => {}
            }
            let effects = self.replica().apply(frame);
            for effect in effects {
                match effect {
                    Effect::SyncAll => self.begin(talk).await?,
                    Effect::Sync(room_id) => {
                        let position = self.replica().position(&room_id);
                        behind.insert(room_id, position);
                    }
                    Effect::Reconnect => return Err(Lost::Closed { code: 1006 }),
                    Effect::Pong => talk.say(&json!({"op": "pong"})).await?,
                    Effect::Tell(event) => {
                        if !talk.synced && matches!(event, GatewayEvent::Synced(_)) {
                            talk.synced = true;
                            self.attempts.worked();
                        }
                        self.teller.tell(event);
                    }
                }
            }
        }
        if behind.is_empty() { Ok(()) } else { self.catch_up(talk, behind).await }
    }

    /// Begins delivery.
    async fn begin(&mut self, talk: &mut Conversation) -> Result<(), Lost> {
        talk.greeted = true;
        let positions = self.replica().positions();
        self.catch_up(talk, positions).await?;
        for frame in self.kept.values() {
            talk.say(frame).await?;
        }
        Ok(())
    }

    async fn catch_up(&mut self, talk: &mut Conversation, rooms: BTreeMap<String, u64>) -> Result<(), Lost> {
        let focused = self.kept.get("focus").and_then(|frame| frame.get("room")?.as_str());
        let focus = focused.or(self.options.focus.as_deref());
        let epoch = self.replica().epoch().map(str::to_owned);
        talk.say(&json!({"op": "sync", "id": SYNC, "epoch": epoch, "rooms": rooms, "focus": focus})).await
    }

    async fn say_what_is_due(&mut self, talk: &mut Conversation) -> Result<(), Lost> {
        if !talk.greeted {
            return Ok(());
        }
        let now = Instant::now();
        if talk.sync_at.is_some_and(|at| at <= now) {
            talk.sync_at = None;
            self.sync_again(talk).await?;
        }
        for frame in self.outbox.due(now) {
            talk.say(&frame).await?;
        }
        Ok(())
    }

    /// Asks again after `sync` was refused for now: for everything before the first answer, or for what is missing.
    async fn sync_again(&mut self, talk: &mut Conversation) -> Result<(), Lost> {
        let rooms: BTreeMap<String, u64> = {
            let replica = self.replica();
            let behind = replica.unfinished().into_iter().map(|id| (replica.position(&id), id));
            if talk.synced { behind.map(|(rev, id)| (id, rev)).collect() } else { replica.positions() }
        };
        if talk.synced && rooms.is_empty() { Ok(()) } else { self.catch_up(talk, rooms).await }
    }

    fn answer(&mut self, talk: &mut Conversation, id: Option<&Value>, answer: Answer) {
        if id.and_then(Value::as_str) == Some(SYNC) {
            if let Err(ErrorFrame { retry_after_ms, .. }) = answer {
                let after = retry_after_ms.map_or(SYNC_RETRY, Duration::from_millis);
                talk.sync_at = Some(Instant::now() + after);
            }
        } else if let Some(id) = id.and_then(Value::as_u64)
            && let Some((whom, answer)) = self.outbox.answered(id, answer, Instant::now())
        {
            // Whoever doesn't wait any more needn't know.
            let _ = whom.send(told(answer));
        }
    }
}

impl Conversation {
    async fn say(&mut self, frame: &Value) -> Result<(), Lost> {
        let written = timeout(WRITE_TIMEOUT, self.socket.send(frame)).await;
        Ok(written.map_err(|_| Lost::Closed { code: 1006 })??)
    }
}
