//! Reads what a connection missed, at the connection's own speed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::model::{Message, PageAnchor, PageSize, RoomId, RoomRev};
use domain::port::RepositoryError;
use protocol::{ChangesFrame, GatewayFrame, MessageDto, ResetFrame};
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::connection::GatewayConnection;
use super::sync::can_catch_up;
use crate::frame::encode;
use crate::outbox::{Found, Missing};
use crate::room::RoomChannel;

/// The most changes of one frame.
const PAGE: u16 = 200;
/// How many messages a reset gives.
const LATEST: u16 = 50;
/// After how many bytes of text a frame of changes ends; what is left follows in the next.
const FRAME_BYTES: usize = 128 * 1024;
/// How long a connection waits for its room to be read before others get their turn.
const READY: Duration = Duration::from_secs(5);
/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(500);

impl GatewayConnection {
    /// Reads some of what a room misses and queues it.
    pub(super) async fn catch_up(&self, room_id: RoomId, missing: Missing) {
        let Some(room) = self.link.room(room_id) else {
            self.link.outbox.end(room_id);
            return;
        };
        let mut ready = room.ready.subscribe();
        if timeout(READY, ready.wait_for(|ready| *ready)).await.is_err() {
            self.link.outbox.postpone(room_id);
            return;
        }
        drop(ready);
        let read = match missing {
            Missing::Changes(after) => self.read_changes(&room, after).await,
            Missing::Latest => self.read_latest(&room).await,
        };
        match read {
            Ok((frame, through)) => {
                let found = Found { missing, frames: frame.into_iter().collect(), through };
                self.link.outbox.push_missed(room_id, found, || room.head());
            }
            Err(error) => {
                warn!(room = %room_id, cause = ?error, "a connection can't catch up; trying again");
                sleep(RETRY).await;
            }
        }
    }

    async fn read_changes(
        &self,
        room: &Arc<RoomChannel>,
        after: RoomRev,
    ) -> Result<(Option<Bytes>, RoomRev), RepositoryError> {
        let size = PageSize::clamped(None, PAGE, PAGE);
        let page = self.hub.ports.messages.changes(room.id, after, size).await?;
        if !can_catch_up(after, page.head.rev) {
            return self.read_latest(room).await;
        }
        let fits = fitting(&page.items);
        let more = page.more || fits < page.items.len();
        let items = &page.items[..fits];
        let read = items.last().map_or(after, |last| last.rev);
        let through = if more { read } else { read.max(page.head.rev) };
        if through == after {
            return Ok((None, through));
        }
        let frame = ChangesFrame {
            room_id: room.id.to_string(),
            from: after.get(),
            to: through.get(),
            items: self.dtos(items, &room.label),
        };
        Ok((Some(encode(&GatewayFrame::Changes(frame))), through))
    }

    async fn read_latest(&self, room: &Arc<RoomChannel>) -> Result<(Option<Bytes>, RoomRev), RepositoryError> {
        let size = PageSize::clamped(None, LATEST, LATEST);
        let page = self.hub.ports.messages.page(room.id, PageAnchor::Latest, size).await?;
        let frame = ResetFrame {
            room_id: room.id.to_string(),
            items: self.dtos(&page.items, &room.label),
            head_seq: page.head.seq.get(),
            head_rev: page.head.rev.get(),
        };
        Ok((Some(encode(&GatewayFrame::Reset(frame))), page.head.rev))
    }

    fn dtos(&self, items: &[Message], label: &str) -> Vec<MessageDto> {
        items.iter().map(|message| MessageDto::in_frame(message, label, Some(self.actor.user_id))).collect()
    }
}

/// Tells how many of the messages fit into a frame; the first always does.
fn fitting(items: &[Message]) -> usize {
    let mut bytes = 0;
    let size = |message: &Message| message.body().map_or(0, |body| body.as_str().len());
    let fits = items.iter().take_while(|message| {
        let before = bytes;
        bytes += size(message);
        before == 0 || bytes <= FRAME_BYTES
    });
    fits.count()
}
