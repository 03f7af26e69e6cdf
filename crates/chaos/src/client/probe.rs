//! Measures how long messages take from one person to another.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use client::ClientSession;
use protocol::GatewayFrame;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::socket::{GatewaySocket, SocketOptions};
use super::talker::Talker;
use crate::history::Send;
use crate::random::Random;

/// How long messages took.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Counts them.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Gives the time that 99 in a hundred didn't exceed; zero without any.
    pub fn p99(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get((sorted.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
    }

    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// Listeners on a room, until they are asked what they measured.
#[derive(Debug)]
pub struct Probe {
    begun: Instant,
    /// How many characters of four bytes each message has besides.
    pub padding: usize,
    listeners: JoinSet<Result<()>>,
    measured: tokio::sync::mpsc::Receiver<Duration>,
    report: tokio::sync::mpsc::Sender<Duration>,
}

impl Default for Probe {
    fn default() -> Self {
        let (report, measured) = tokio::sync::mpsc::channel(1 << 20);
        Self { begun: Instant::now(), padding: 0, listeners: JoinSet::new(), measured, report }
    }
}

impl Probe {
    /// Lets somebody listen; returns once they are live.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn listen(&mut self, session: &ClientSession, address: SocketAddr) -> Result<()> {
        let mut socket = GatewaySocket::connect(address, &session.token(), SocketOptions::default()).await?;
        socket.sync(None, &BTreeMap::new()).await?;
        while !matches!(socket.next().await?, GatewayFrame::Synced(_)) {}
        let (begun, report) = (self.begun, self.report.clone());
        self.listeners.spawn(async move {
            loop {
                if let GatewayFrame::Message(message) = socket.next().await?
                    && let Some(said) = message.content.as_deref().and_then(said_at)
                {
                    // Full only if somebody measures for hours.
                    let _ = report.try_send(begun.elapsed().saturating_sub(said));
                }
            }
        });
        Ok(())
    }

    /// Says something with its time in it and this much else, at this pace, for this long; gives what was said.
    pub async fn talk(
        &self,
        mut talker: Talker,
        room: &str,
        (pace, span): (Duration, Duration),
        random: &mut Random,
    ) -> Vec<Send> {
        let end = Instant::now() + span;
        while Instant::now() < end {
            let text = format!("said after {} {}", self.begun.elapsed().as_micros(), "😀".repeat(self.padding));
            talker.say(room, &random.nonce("t"), &text).await;
            sleep(pace).await;
        }
        talker.actions.sends
    }

    /// Takes what was measured since it was last asked.
    pub fn take(&mut self) -> Latencies {
        let mut latencies = Latencies::default();
        while let Ok(measured) = self.measured.try_recv() {
            latencies.merge(Latencies(vec![measured]));
        }
        latencies
    }
}

fn said_at(content: &str) -> Option<Duration> {
    let (_, said) = content.split_once(" said after ")?;
    said.split(' ').next()?.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_message_in_a_hundred_is_beyond_the_p99() {
        let mut latencies = Latencies(vec![Duration::from_millis(1); 99]);
        latencies.merge(Latencies(vec![Duration::from_secs(1)]));
        assert_eq!(latencies.p99(), Duration::from_millis(1));
        latencies.merge(Latencies(vec![Duration::from_secs(1)]));
        assert_eq!(latencies.p99(), Duration::from_secs(1));
        assert_eq!(Latencies::default().p99(), Duration::ZERO);
    }

    #[test]
    fn a_stamp_is_read_back() {
        assert_eq!(said_at("t-1 said after 1500 ..."), Some(Duration::from_micros(1500)));
        assert_eq!(said_at("hello"), None);
    }
}
