//! Bytes on a TCP connection, for what no well-behaved client sends.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::{Person, SOON, Server};

/// A TCP connection.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    unread: Vec<u8>,
}

impl Raw {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), unread: Vec::new() }
    }

    /// Connects to a room's socket by hand; `early` goes out together with the handshake.
    pub(crate) async fn socket(server: &Server, room: &str, person: &Person, early: &[u8]) -> Self {
        Self::upgraded(server, &format!("/chat/ws/{room}?token={}", person.token), "", early).await
    }

    /// Connects to the gateway by hand.
    pub(crate) async fn gateway(server: &Server, person: &Person) -> Self {
        let headers = format!("sec-websocket-protocol: chinwag.v1\r\nauthorization: Bearer {}\r\n", person.token);
        Self::upgraded(server, "/api/v1/gateway", &headers, &[]).await
    }

    async fn upgraded(server: &Server, path: &str, headers: &str, early: &[u8]) -> Self {
        let mut raw = Self::connect(server.address).await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n{headers}\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            server.address
        );
        raw.send(&[request.as_bytes(), early].concat()).await;
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        raw
    }

    /// Sends bytes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads the head of an answer.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.unread.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.unread.split_off(end + 4);
                return String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
            }
            assert!(self.more().await, "the connection ended before the head did");
        }
    }

    /// Reads the next frame: its first byte and its payload; nothing if the connection ended.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let [first, length, rest @ ..] = self.unread.as_slice() {
                let (length, skip) = match (*length, rest) {
                    (126, [high, low, ..]) => (usize::from(u16::from_be_bytes([*high, *low])), 4),
                    (126 | 127, _) => (usize::MAX, 0),
                    (length, _) => (usize::from(length), 2),
                };
                if length < usize::MAX && self.unread.len() >= skip + length {
                    let (first, payload) = (*first, self.unread[skip..skip + length].to_vec());
                    self.unread.drain(..skip + length);
                    return Some((first, payload));
                }
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// Reads frames until one is of that type, and gives it as JSON.
    pub(crate) async fn next(&mut self, kind: &str) -> serde_json::Value {
        loop {
            let (first, payload) = self.frame().await.expect("the connection goes on");
            assert_ne!(first, 0x88, "closed: {payload:?}");
            let frame: serde_json::Value = serde_json::from_slice(&payload).unwrap_or_default();
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Reads frames until the close frame, and gives its code; 1006 if the connection ended without one.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.frame().await {
                Some((0x88, payload)) => return u16::from_be_bytes([payload[0], payload[1]]),
                Some(_) => {}
                None => return 1006,
            }
        }
    }

    /// Reads until the connection ends.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.unread)
    }

    async fn more(&mut self) -> bool {
        let read = timeout(SOON, self.stream.read_buf(&mut self.unread)).await.expect("bytes or an end");
        read.unwrap_or(0) > 0
    }
}

/// Makes a masked frame; `first` is the first byte with the opcode.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | u8::try_from(length).unwrap()),
        length @ 126..=0xffff => {
            bytes.push(0x80 | 0x7e);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 0x7f);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    let mask = [1, 2, 3, 4];
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}
