//! The bare loop: a process that does nothing but write the same bytes to the same number of sockets.
//!
//! A client says in its first two bytes (little endian) which room it reads, or [`CONTROL`]. An order on the control
//! connection is a byte for the way to write, two each for room and count, four for the size, and that many bytes: they
//! are written `count` times to everybody in the room, and then the order is answered with a frame.

use std::io;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the control connection says instead of a room.
pub(super) const CONTROL: u16 = u16::MAX;
/// The answer to an order, as a frame.
const ANSWER: &[u8] = b"\x81\x0d{\"type\":\"ok\"}";

/// How the bare loop writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Each frame to each socket with a write of its own.
    Each = 0,
    /// All frames that wait for a socket with one write.
    Together = 1,
}

/// Makes an order.
pub(super) fn order(way: Way, room: u16, count: u16, frame: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = vec![way as u8];
    bytes.extend(room.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(frame.len())?.to_le_bytes());
    bytes.extend_from_slice(frame);
    Ok(bytes)
}

/// Runs until the control connection ends; prints the address first.
pub(crate) async fn run() -> Result<()> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("{}", listener.local_addr()?);
    let mut rooms: Vec<Vec<TcpStream>> = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        match stream.read_u16_le().await? {
            CONTROL => return obey(stream, &rooms).await,
            room => {
                let room = usize::from(room);
                rooms.resize_with(rooms.len().max(room + 1), Vec::new);
                rooms[room].push(stream);
            }
        }
    }
}

async fn obey(mut control: TcpStream, rooms: &[Vec<TcpStream>]) -> Result<()> {
    let mut bytes = Vec::new();
    let mut head = [0; 9];
    loop {
        match control.read_exact(&mut head).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        };
        let room = usize::from(u16::from_le_bytes([head[1], head[2]]));
        let count = usize::from(u16::from_le_bytes([head[3], head[4]]));
        let size = u32::from_le_bytes([head[5], head[6], head[7], head[8]]);
        bytes.resize(usize::try_from(size)?, 0);
        control.read_exact(&mut bytes).await?;
        let sockets = rooms.get(room).map(Vec::as_slice).unwrap_or_default();
        let (times, together) = if head[0] == Way::Each as u8 { (count, 1) } else { (1, count) };
        let written = bytes.repeat(together);
        for _ in 0..times {
            for socket in sockets {
                write(socket, &written).await.context("a socket failed")?;
            }
        }
        control.write_all(ANSWER).await?;
    }
}

async fn write(socket: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match socket.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
