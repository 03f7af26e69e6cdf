//! The gateway's connection on a socket.

use std::time::Duration;

use bytes::Bytes;
use domain::ErrorCode;
use protocol::{GatewayFault, GatewayRequest};
use realtime::{Drained, GatewayConnection};
use serde_json::Value;

use super::pace::{Pace, Verdict};
use crate::socket::{Connection, Received};
use crate::state::Shared;

impl Connection for GatewayConnection {
    type Pace = Pace;
    const HAS_HEARTBEAT: bool = true;

    async fn receive(&self, state: &Shared, pace: &mut Pace, text: &str) -> Received {
        let request = match GatewayRequest::parse(text) {
            Ok(request) => request,
            Err(fault) => return refuse_fault(self, state, fault),
        };
        match pace.judge(state, self.actor().user_id, &request.command) {
            Verdict::Go => {
                self.carry_out(request).await;
                Received::Done
            }
            Verdict::Drop => Received::Done,
            Verdict::Wait(wait) => too_fast(self, request.id, wait),
        }
    }

    fn refuse(&self, code: ErrorCode, message: &str) {
        self.refuse(None, code, message, None);
    }

    async fn drain(&self, into: &mut Vec<Bytes>) -> Drained {
        self.drain(into).await
    }
}

/// Tells the client what is wrong. What has the form of a command counts as one.
fn refuse_fault(connection: &GatewayConnection, state: &Shared, fault: GatewayFault) -> Received {
    if fault.code == ErrorCode::BadRequest {
        connection.refuse(fault.id, fault.code, &fault.message, None);
        return Received::Malformed;
    }
    match Pace::other(state, connection.actor().user_id) {
        Verdict::Wait(wait) => too_fast(connection, fault.id, wait),
        Verdict::Go | Verdict::Drop => {
            connection.refuse(fault.id, fault.code, &fault.message, None);
            Received::Done
        }
    }
}

fn too_fast(connection: &GatewayConnection, id: Option<Value>, wait: Duration) -> Received {
    connection.refuse(id, ErrorCode::RateLimited, "too many commands; wait a moment", Some(wait));
    Received::TooFast
}
