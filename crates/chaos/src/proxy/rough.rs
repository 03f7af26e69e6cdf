//! A proxy that cuts after a random byte, stalls, slices and delays.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::accept::Acceptor;
use crate::random::Random;

/// How much is forwarded at once.
const CHUNK: usize = 16 * 1024;

/// What the proxy does to each connection; nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Roughness {
    /// Cuts the connection after a random number of bytes below this one, in a random direction; never if 0.
    pub cut_below: u64,
    /// Forwards at most this many bytes at once, a random number each time; everything at once if 0.
    pub slice: u64,
    /// Waits for a random time below this one before each piece.
    pub delay: Duration,
    /// In how many of a hundred pieces the connection stalls for [`Self::stall`].
    pub stalls_percent: u64,
    /// How long a stall lasts.
    pub stall: Duration,
}

/// A proxy that treats connections roughly.
#[derive(Debug)]
pub struct RoughProxy {
    acceptor: Acceptor,
    cuts: Arc<AtomicU64>,
}

impl RoughProxy {
    /// Starts it before a server.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(target: SocketAddr, roughness: Roughness, mut random: Random) -> Result<Self> {
        let cuts = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&cuts);
        let acceptor = Acceptor::start(target, move |client, server| {
            let link = Link { roughness, random: random.fork(), cuts: Arc::clone(&counter) };
            link.run(client, server)
        });
        Ok(Self { acceptor: acceptor.await?, cuts })
    }

    /// Gives where to connect to instead of the server.
    pub fn address(&self) -> SocketAddr {
        self.acceptor.address
    }

    /// Counts the connections that it has cut.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

/// One connection through the proxy.
struct Link {
    roughness: Roughness,
    random: Random,
    cuts: Arc<AtomicU64>,
}

impl Link {
    /// Forwards until both sides have ended or the cut is due; then both are closed.
    async fn run(mut self, client: TcpStream, server: TcpStream) {
        let budget = match self.roughness.cut_below {
            0 => u64::MAX,
            below => self.random.below(below),
        };
        // A request is short and what comes back is long: half of the cuts are to hit what is sent, if enough is.
        let (up, down) = if self.random.percent(50) { (budget / 8, budget) } else { (u64::MAX, budget) };
        let (up, down) = (self.pump(up), self.pump(down));
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let both =
            tokio::try_join!(up.run(&mut from_client, &mut to_server), down.run(&mut from_server, &mut to_client));
        if let Err(End::Cut) = both {
            self.cuts.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pump(&mut self, budget: u64) -> Pump {
        Pump { roughness: self.roughness, random: self.random.fork(), budget }
    }
}

/// Why a connection ends although neither side has said all it had to say.
enum End {
    /// Its time had come.
    Cut,
    /// One side broke it.
    Broken,
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Broken
    }
}

/// One direction.
struct Pump {
    roughness: Roughness,
    random: Random,
    budget: u64,
}

impl Pump {
    /// Forwards until there is nothing more, and says so to the other side.
    async fn run(mut self, from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> Result<(), End> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = from.read(&mut buffer).await?;
            if read == 0 {
                return Ok(to.shutdown().await?);
            }
            let mut rest = &buffer[..read];
            while !rest.is_empty() {
                self.wait().await;
                let length = self.piece(rest.len());
                to.write_all(&rest[..length]).await?;
                rest = &rest[length..];
                self.budget = self.budget.saturating_sub(length as u64);
                if self.budget == 0 {
                    return Err(End::Cut);
                }
            }
        }
    }

    async fn wait(&mut self) {
        if self.random.percent(self.roughness.stalls_percent) {
            sleep(self.roughness.stall).await;
        }
        let micros = u64::try_from(self.roughness.delay.as_micros()).unwrap_or(u64::MAX);
        if micros > 0 {
            sleep(Duration::from_micros(self.random.below(micros))).await;
        }
    }

    fn piece(&mut self, available: usize) -> usize {
        let sliced = match self.roughness.slice {
            0 => available,
            slice => usize::try_from(1 + self.random.below(slice)).unwrap_or(available),
        };
        let left = usize::try_from(self.budget).unwrap_or(usize::MAX);
        sliced.min(available).min(left)
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;

    /// Sends back whatever comes in.
    async fn echo(tasks: &mut JoinSet<()>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tasks.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            }
        });
        address
    }

    async fn round_trip(roughness: Roughness, bytes: &[u8]) -> (Vec<u8>, u64) {
        let mut tasks = JoinSet::new();
        let proxy = RoughProxy::start(echo(&mut tasks).await, roughness, Random::new(3)).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let (mut read, mut write) = stream.split();
        let mut got = Vec::new();
        let send = async {
            let _ = write.write_all(bytes).await;
            let _ = write.shutdown().await;
        };
        let _ = tokio::join!(send, read.read_to_end(&mut got));
        (got, proxy.cuts())
    }

    #[tokio::test]
    async fn slices_and_delays_change_nothing_that_arrives() {
        let bytes: Vec<u8> = (0..5_000_u32).map(|number| (number % 251) as u8).collect();
        let micro = Duration::from_micros(1);
        let rough = Roughness { slice: 40, delay: 5 * micro, stalls_percent: 1, stall: micro, ..Roughness::default() };
        assert_eq!(round_trip(rough, &bytes).await, (bytes, 0));
    }

    #[tokio::test]
    async fn a_cut_leaves_a_beginning() {
        let bytes = vec![7; 1 << 20];
        let (got, cuts) = round_trip(Roughness { cut_below: 20_000, ..Roughness::default() }, &bytes).await;
        assert_eq!(cuts, 1);
        assert!(got.len() < 20_000 && bytes.starts_with(&got));
    }
}
