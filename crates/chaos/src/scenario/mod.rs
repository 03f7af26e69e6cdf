//! What is done to a server, one way a file.

mod catch_up;
mod context;
mod crowd;
mod cuts;
mod herd;
mod idempotence;
mod kills;
mod order;
mod outcome;
mod primary;
mod revocation;
mod seam;
mod silent_loss;
mod slow_readers;
mod stage;
mod stops;
mod unread;

pub use context::{Context, StoreChoice};
pub use crowd::{Crowd, Load, Pace, read_room};
pub use outcome::Outcome;

use anyhow::Result;

/// Every scenario, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// The server is killed under load.
    Kills,
    /// The server is stopped gracefully under load.
    Stops,
    /// The same nonce on many sockets and over REST at once, and over restarts.
    Idempotence,
    /// Many writers and many watchers.
    Order,
    /// Somebody comes back after a long absence.
    CatchUp,
    /// Connections are cut after a random byte, stalled and sliced.
    Cuts,
    /// Somebody comes and goes while others talk.
    Seam,
    /// Frames get lost without anybody being told.
    SilentLoss,
    /// Random operations on what counts as unread.
    Unread,
    /// Sockets that never read.
    SlowReaders,
    /// Everybody comes back at once after a restart.
    Herd,
    /// Sessions end and members leave in a burst.
    Revocation,
    /// The primary of a replica set is killed under load.
    Primary,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Kills,
        Self::Stops,
        Self::Idempotence,
        Self::Order,
        Self::CatchUp,
        Self::Cuts,
        Self::Seam,
        Self::SilentLoss,
        Self::Unread,
        Self::SlowReaders,
        Self::Herd,
        Self::Revocation,
        Self::Primary,
    ];

    /// Gives its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kills => "kills",
            Self::Stops => "stops",
            Self::Idempotence => "idempotence",
            Self::Order => "order",
            Self::CatchUp => "catch-up",
            Self::Cuts => "cuts",
            Self::Seam => "seam",
            Self::SilentLoss => "silent-loss",
            Self::Unread => "unread",
            Self::SlowReaders => "slow-readers",
            Self::Herd => "herd",
            Self::Revocation => "revocation",
            Self::Primary => "primary",
        }
    }

    /// Tells whether it says something about that store.
    pub const fn is_for(self, store: &StoreChoice) -> bool {
        !matches!((self, store), (Self::Primary, StoreChoice::Sqlite))
    }

    /// Runs it.
    ///
    /// # Errors
    /// If it couldn't be carried out; what went wrong in it is part of the outcome.
    pub async fn run(self, context: &Context) -> Result<Outcome> {
        match self {
            Self::Kills => kills::run(context).await,
            Self::Stops => stops::run(context).await,
            Self::Idempotence => idempotence::run(context).await,
            Self::Order => order::run(context).await,
            Self::CatchUp => catch_up::run(context).await,
            Self::Cuts => cuts::run(context).await,
            Self::Seam => seam::run(context).await,
            Self::SilentLoss => silent_loss::run(context).await,
            Self::Unread => unread::run(context).await,
            Self::SlowReaders => slow_readers::run(context).await,
            Self::Herd => herd::run(context).await,
            Self::Revocation => revocation::run(context).await,
            Self::Primary => primary::run(context).await,
        }
    }
}
