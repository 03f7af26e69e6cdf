//! Prints the figures of the README. Every figure is measured on this machine, in this run; compare ratios
//! within one run, not absolute numbers between machines.

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

mod encodings;
mod fanout;
mod history;
mod idle_gateway;
mod metrics;
mod people;
mod posts;
mod raw;
mod sockets;
mod stores;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measures Chinwag.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    #[command(subcommand)]
    figure: Option<Figure>,
}

/// What to measure; everything on SQLite if nothing is said.
#[derive(Debug, Subcommand)]
enum Figure {
    /// Durable posts through the use case.
    Posts(posts::Options),
    /// History pages out of a long room, at the SQLite store.
    History(history::Options),
    /// Start-up, idle memory, and memory of idle sockets, of the release binary.
    Sockets(sockets::Options),
    /// Memory of idle gateway connections of the release binary.
    IdleGateway(idle_gateway::Options),
    /// One message to many seed sockets in a room of the release binary: encoded once.
    Encodings(encodings::Options),
    /// What a delivery costs the release binary, beside a bare loop.
    Fanout(fanout::Options),
    /// The bare loop.
    #[command(hide = true)]
    BareLoop,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match Arguments::parse().figure {
            Some(Figure::Posts(options)) => posts::run(&options).await,
            Some(Figure::History(options)) => history::run(&options).await,
            Some(Figure::Sockets(options)) => sockets::run(&options).await,
            Some(Figure::IdleGateway(options)) => idle_gateway::run(&options).await,
            Some(Figure::Encodings(options)) => encodings::run(&options).await,
            Some(Figure::Fanout(options)) => fanout::run(&options).await,
            Some(Figure::BareLoop) => fanout::run_bare_loop().await,
            None => {
                posts::run(&posts::Options::default()).await?;
                history::run(&history::Options::default()).await?;
                sockets::run(&sockets::Options::default()).await?;
                idle_gateway::run(&idle_gateway::Options::default()).await?;
                encodings::run(&encodings::Options::default()).await?;
                fanout::run(&fanout::Options::default()).await
            }
        }
    })
}
