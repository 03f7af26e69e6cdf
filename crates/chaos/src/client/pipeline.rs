//! Somebody who doesn't wait for an answer before the next message.

use std::collections::VecDeque;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use client::ClientSession;
use protocol::GatewayFrame;
use serde_json::json;

use super::socket::{GatewaySocket, SocketOptions};
use crate::history::{Acknowledgement, Answer, Send};

/// How many messages are under way at once.
const WINDOW: usize = 64;

/// Sends everything in its order on one socket that must hold; gives it with its answers.
///
/// # Errors
/// If the connection ends or an answer isn't one to the oldest message under way.
pub async fn pipeline(session: &ClientSession, address: SocketAddr, mut sends: Vec<Send>) -> Result<Vec<Send>> {
    let mut socket = GatewaySocket::connect(address, &session.token(), SocketOptions::default()).await?;
    let mut under_way: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    while next < sends.len() || !under_way.is_empty() {
        if next < sends.len() && under_way.len() < WINDOW {
            let Send { room_id, nonce, content, .. } = &sends[next];
            let command = json!({ "op": "send", "id": next, "room": room_id, "nonce": nonce, "content": content });
            socket.send(&command).await?;
            under_way.push_back(next);
            next += 1;
            continue;
        }
        let (id, answer) = match socket.next().await? {
            GatewayFrame::Ok(ok) => {
                let message = ok.message.context("an answer without the message")?;
                (ok.id, Answer::Acknowledged(Acknowledgement::from(&*message)))
            }
            GatewayFrame::Error(error) => (error.id, Answer::Refused(error.code)),
            _ => continue,
        };
        let oldest = under_way.pop_front().context("an answer to nothing")?;
        if id != Some(oldest.into()) {
            bail!("the answer to {oldest} was expected, {id:?} came");
        }
        sends[oldest].answers.push(answer);
    }
    Ok(sends)
}
