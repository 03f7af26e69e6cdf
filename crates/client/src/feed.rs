//! A room's messages one after the other.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::MessageDto;
use tokio::time::sleep;

use crate::gateway::{Gateway, Stopped};
use crate::session::ClientSession;

/// How many messages are read at once.
const PAGE: u64 = 100;
/// How long it waits before it asks again for messages that it couldn't get, where the server doesn't say.
const RETRY: Duration = Duration::from_secs(1);

/// Gives every message of a room exactly once and in the order of `seq`, from a place on, whatever happens to
/// connections and however long the absence was. Made for bots: the place is the room's read position, which is set
/// once a message was dealt with.
#[derive(Debug)]
pub struct RoomFeed {
    session: ClientSession,
    room_id: String,
    /// The last message that was given.
    last_seq: u64,
    /// Messages from the place on that were read at once.
    read: VecDeque<MessageDto>,
}

impl RoomFeed {
    /// Begins after `last_seq`; 0 for the first message of all. The user has to be a member of the room.
    pub fn new(session: ClientSession, room_id: impl Into<String>, last_seq: u64) -> Self {
        Self { session, room_id: room_id.into(), last_seq, read: VecDeque::new() }
    }

    /// Waits for the next message, which may be a tombstone. It takes all events of the gateway meanwhile. Nothing is
    /// lost if the wait is given up.
    ///
    /// # Errors
    /// [`Stopped`] once the gateway stopped.
    pub async fn next(&mut self, gateway: &mut Gateway) -> Result<MessageDto, Stopped> {
        loop {
            if let Some(message) = self.read.pop_front() {
                return Ok(self.gives(message));
            }
            let next = self.last_seq + 1;
            let known = gateway.replica(|replica| {
                let room = replica.room(&self.room_id)?;
                Some((room.message(next).cloned(), room.messages().next_back().map_or(0, |newest| newest.seq)))
            });
            match known {
                Some((Some(message), _)) => return Ok(self.gives(message)),
                Some((None, newest)) if newest >= next => self.read_on(gateway).await?,
                _ => drop(gateway.next().await?),
            }
        }
    }

    fn gives(&mut self, message: MessageDto) -> MessageDto {
        self.last_seq = message.seq;
        message
    }

    /// Reads what the replica doesn't hold.
    async fn read_on(&mut self, gateway: &mut Gateway) -> Result<(), Stopped> {
        let retry_after = match self.session.page_after(&self.room_id, self.last_seq, PAGE).await {
            Ok(page) if page.items.is_empty() => None,
            Ok(page) => {
                self.read.extend(page.items);
                return Ok(());
            }
            Err(error) => error.retry_after(),
        };
        tokio::select! {
            event = gateway.next() => event.map(drop),
            () = sleep(retry_after.unwrap_or(RETRY)) => Ok(()),
        }
    }
}
