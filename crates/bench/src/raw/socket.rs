//! One socket, blocking.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result, bail, ensure};

/// A connection whose frames are made and read by hand.
#[derive(Debug)]
pub(crate) struct RawSocket {
    pub(super) stream: TcpStream,
}

impl RawSocket {
    /// Connects to anything.
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Connects to the gateway. Nothing is delivered before [`Self::sync`].
    pub(crate) fn gateway(address: SocketAddr, token: &str) -> Result<Self> {
        let mut socket = Self::connect(address)?;
        let request = format!(
            "GET /api/v1/gateway HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: chinwag.v1\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        socket.write(request.as_bytes())?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.stream.read_exact(&mut byte).context("the handshake wasn't answered")?;
            answer.extend_from_slice(&byte);
        }
        let status = String::from_utf8_lossy(&answer);
        ensure!(status.starts_with("HTTP/1.1 101 "), "the handshake was refused: {status}");
        Ok(socket)
    }

    /// Asks for delivery, and waits until everything there was has come.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.send(r#"{"op":"sync","id":1}"#)?;
        while !self.next()?.starts_with(br#"{"type":"synced""#) {}
        Ok(())
    }

    /// Sends a text frame of at most 64 KiB; the mask is zero, which leaves the text as it is.
    pub(crate) fn send(&mut self, text: &str) -> Result<()> {
        let mut bytes = vec![0x81, 0xfe];
        bytes.extend(u16::try_from(text.len())?.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend_from_slice(text.as_bytes());
        if let Ok(short @ 0..126) = u8::try_from(text.len()) {
            bytes.splice(1..4, [0x80 | short]);
        }
        self.write(&bytes)
    }

    /// Writes bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Waits for the next frame and gives its payload.
    fn next(&mut self) -> Result<Vec<u8>> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head)?;
        let size = match head[1] {
            126 => u64::from(u16::from_be_bytes(self.read_array()?)),
            127 => u64::from_be_bytes(self.read_array()?),
            short => u64::from(short),
        };
        if head[0] == 0x88 {
            bail!("the socket was closed");
        }
        let mut payload = vec![0; usize::try_from(size)?];
        self.stream.read_exact(&mut payload)?;
        Ok(payload)
    }

    fn read_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
