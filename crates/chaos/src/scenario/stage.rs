//! A real server with a crowd.

use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::context::Context;
use super::crowd::Crowd;
use crate::process::{Place, ServerProcess};

/// A running server, its place and its people.
#[derive(Debug)]
pub(super) struct Stage {
    place: Place,
    server: Option<ServerProcess>,
    pub(super) crowd: Crowd,
}

impl Stage {
    /// Starts a server on a fresh store and gathers people and rooms.
    pub(super) async fn open(context: &Context, people: usize, rooms: usize) -> Result<Self> {
        Self::open_on(&context.fresh_store(), people, rooms).await
    }

    /// The same on a given store.
    pub(super) async fn open_on(store: &str, people: usize, rooms: usize) -> Result<Self> {
        let place = Place::new(store)?;
        let server = ServerProcess::start(&place).await?;
        let crowd = Crowd::gather(server.address()?, people, rooms).await.with_context(|| place.last_words())?;
        Ok(Self { place, server: Some(server), crowd })
    }

    /// Gives the running server.
    pub(super) fn server(&self) -> Result<&ServerProcess> {
        self.server.as_ref().context("no server runs")
    }

    /// Kills the server and starts it again at the same address; gives how long it took to be ready.
    pub(super) async fn kill_and_restart(&mut self) -> Result<Duration> {
        self.server.take().context("no server runs")?.kill().await?;
        self.start_again().await
    }

    /// Stops the server gracefully; gives how it ended and after how long.
    pub(super) async fn terminate(&mut self) -> Result<(ExitStatus, Duration)> {
        self.server.take().context("no server runs")?.terminate().await
    }

    /// Starts the server again at the same address; gives how long it took to be ready.
    pub(super) async fn start_again(&mut self) -> Result<Duration> {
        let server = ServerProcess::start_at(&self.place, &self.crowd.address.to_string()).await?;
        let ready_after = server.ready_after;
        self.server = Some(server);
        Ok(ready_after)
    }
}
