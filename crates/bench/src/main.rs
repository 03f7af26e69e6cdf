//! Prints the figures of the README. Every figure is measured on this machine, in this run; compare ratios
//! within one run, not absolute numbers between machines.

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

mod fanout;
mod history;
mod people;
mod posts;
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
    /// One message to many sockets in a room of the release binary.
    Fanout(fanout::Options),
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match Arguments::parse().figure {
            Some(Figure::Posts(options)) => posts::run(&options).await,
            Some(Figure::History(options)) => history::run(&options).await,
            Some(Figure::Sockets(options)) => sockets::run(&options).await,
            Some(Figure::Fanout(options)) => fanout::run(&options).await,
            None => {
                posts::run(&posts::Options::default()).await?;
                history::run(&history::Options::default()).await?;
                sockets::run(&sockets::Options::default()).await?;
                fanout::run(&fanout::Options::default()).await
            }
        }
    })
}
