//! A proxy that drops or changes whole frames on their way from the server, in silence.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::accept::Acceptor;
use super::frames::{Frame, Frames, encode};

/// How much is read at once.
const CHUNK: usize = 16 * 1024;
/// How much of an answer's head is looked at before the connection is taken for one without frames.
const MAX_HEAD: usize = 16 * 1024;

/// What becomes of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is forwarded.
    Pass,
    /// It is never seen again.
    Drop,
    /// Another one is forwarded instead.
    Replace(String),
}

type Judge = Arc<Mutex<dyn FnMut(&str) -> Verdict + Send>>;

/// A proxy that judges every text frame from the server.
#[derive(Debug)]
pub struct FilterProxy {
    acceptor: Acceptor,
    dropped: Arc<AtomicU64>,
}

impl FilterProxy {
    /// Starts it before a server.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(target: SocketAddr, judge: impl FnMut(&str) -> Verdict + Send + 'static) -> Result<Self> {
        let judge: Judge = Arc::new(Mutex::new(judge));
        let dropped = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&dropped);
        let acceptor = Acceptor::start(target, move |client, server| {
            let (judge, dropped) = (Arc::clone(&judge), Arc::clone(&counter));
            forward(client, server, judge, dropped)
        });
        Ok(Self { acceptor: acceptor.await?, dropped })
    }

    /// Gives where to connect to instead of the server.
    pub fn address(&self) -> SocketAddr {
        self.acceptor.address
    }

    /// Counts the frames that were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

async fn forward(client: TcpStream, server: TcpStream, judge: Judge, dropped: Arc<AtomicU64>) {
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mut down = Down { from: from_server, to: to_client, judge, dropped };
    tokio::select! {
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
        _ = down.run() => {}
    }
}

/// The way from the server.
struct Down {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    judge: Judge,
    dropped: Arc<AtomicU64>,
}

impl Down {
    async fn run(&mut self) -> std::io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut head = Vec::new();
        let end = loop {
            let read = self.from.read(&mut buffer).await?;
            if read == 0 {
                return self.to.write_all(&head).await;
            }
            head.extend_from_slice(&buffer[..read]);
            if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if head.len() > MAX_HEAD {
                break head.len();
            }
        };
        self.to.write_all(&head[..end]).await?;
        if !head.starts_with(b"HTTP/1.1 101 ") {
            // An ordinary answer, and whatever follows it on this connection.
            self.to.write_all(&head[end..]).await?;
            return tokio::io::copy(&mut self.from, &mut self.to).await.map(|_| ());
        }
        let mut frames = Frames::default();
        frames.push(&head[end..]);
        loop {
            while let Some(frame) = frames.next() {
                self.pass_on(frame).await?;
            }
            match self.from.read(&mut buffer).await? {
                0 => return Ok(()),
                read => frames.push(&buffer[..read]),
            }
        }
    }

    async fn pass_on(&mut self, frame: Frame) -> std::io::Result<()> {
        let bytes = match frame {
            Frame::Other(bytes) => bytes,
            Frame::Text(text) => {
                let verdict = (self.judge.lock().unwrap_or_else(PoisonError::into_inner))(&text);
                match verdict {
                    Verdict::Pass => encode(&text),
                    Verdict::Replace(other) => encode(&other),
                    Verdict::Drop => {
                        self.dropped.fetch_add(1, Ordering::Relaxed);
                        return Ok(());
                    }
                }
            }
        };
        self.to.write_all(&bytes).await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt, StreamExt};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::{accept_async, connect_async};

    use super::*;

    /// Sends the numbers below 100 as texts, a ping in between, and closes.
    async fn counter(tasks: &mut JoinSet<()>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tasks.spawn(async move {
            let mut socket = accept_async(listener.accept().await.unwrap().0).await.unwrap();
            for number in 0..100 {
                socket.send(Message::text(number.to_string())).await.unwrap();
                socket.send(Message::Ping(vec![1].into())).await.unwrap();
            }
            socket.close(None).await.unwrap();
            while socket.next().await.is_some() {}
        });
        address
    }

    #[tokio::test]
    async fn frames_are_dropped_replaced_and_passed_as_judged() {
        let mut tasks = JoinSet::new();
        let judge = |text: &str| match text.parse::<u32>().unwrap() {
            number if number % 3 == 0 => Verdict::Drop,
            number if number % 3 == 1 => Verdict::Replace(format!("not {number}")),
            _ => Verdict::Pass,
        };
        let proxy = FilterProxy::start(counter(&mut tasks).await, judge).await.unwrap();
        let (mut socket, _) = connect_async(format!("ws://{}", proxy.address())).await.unwrap();
        let (mut texts, mut pings) = (Vec::new(), 0);
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) => texts.push(text.to_string()),
                Message::Ping(_) => pings += 1,
                _ => {}
            }
        }
        assert_eq!((texts.len(), pings, proxy.dropped()), (66, 100, 34));
        assert_eq!(texts[..3], ["not 1", "2", "not 4"]);
    }
}
