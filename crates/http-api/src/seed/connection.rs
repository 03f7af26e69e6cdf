//! The seed's connection on a socket.

use bytes::Bytes;
use domain::ErrorCode;
use realtime::{Drained, SeedConnection};

use crate::socket::{Connection, Received};
use crate::state::Shared;

impl Connection for SeedConnection {
    type Pace = ();
    const HAS_HEARTBEAT: bool = false;

    async fn receive(&self, state: &Shared, (): &mut (), text: &str) -> Received {
        if let Err(too_fast) = state.limiters.send(self.actor().user_id) {
            let message = format!("too many messages; wait {} ms", too_fast.wait.as_millis().max(1));
            self.refuse(ErrorCode::RateLimited, &message);
            return Received::TooFast;
        }
        self.receive(text).await;
        Received::Done
    }

    fn refuse(&self, code: ErrorCode, message: &str) {
        self.refuse(code, message);
    }

    async fn drain(&self, into: &mut Vec<Bytes>) -> Drained {
        self.drain(into).await
    }
}
