//! How fast a client of the gateway may go.

use std::time::{Duration, Instant};

use domain::model::UserId;
use protocol::GatewayCommand;

use crate::rate_limit::TooFast;
use crate::socket::PerMinute;
use crate::state::Shared;

/// How often being shown as writing counts.
const TYPING: Duration = Duration::from_secs(3);
/// How many commands that cost next to nothing a connection may send in a minute.
const FREE_IN_A_MINUTE: u32 = 600;

/// What is remembered about how fast a client goes, besides what its user did on all connections.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    free: PerMinute<FREE_IN_A_MINUTE>,
    /// When the client last said that its user writes, as far as it counted.
    typed: Option<Instant>,
    /// Whether it hasn't taken that back.
    types: bool,
}

/// What is to become of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is carried out.
    Go,
    /// It is one too many, and nobody misses it.
    Drop,
    /// It is refused; after that time it may succeed.
    Wait(Duration),
}

impl Pace {
    /// Counts a command and decides what becomes of it.
    pub(super) fn judge(&mut self, state: &Shared, user: UserId, command: &GatewayCommand) -> Verdict {
        let now = Instant::now();
        match command {
            GatewayCommand::Send(_) => spent(state.limiters.send(user)),
            GatewayCommand::Typing { on, .. } => self.count_free(state, now).unwrap_or_else(|| self.typing(*on, now)),
            GatewayCommand::Focus { .. } | GatewayCommand::Ping | GatewayCommand::Pong => {
                self.count_free(state, now).unwrap_or(Verdict::Go)
            }
            GatewayCommand::Auth { .. }
            | GatewayCommand::Sync(_)
            | GatewayCommand::Edit(_)
            | GatewayCommand::Delete(_)
            | GatewayCommand::React(..)
            | GatewayCommand::Unreact(..)
            | GatewayCommand::Mark(_)
            | GatewayCommand::Presence(_) => Self::other(state, user),
        }
    }

    /// Counts what isn't worth carrying out as a command like others.
    pub(super) fn other(state: &Shared, user: UserId) -> Verdict {
        spent(state.limiters.command(user))
    }

    /// Counts a command that is free; a verdict only if there were too many.
    fn count_free(&mut self, state: &Shared, now: Instant) -> Option<Verdict> {
        let limited = state.app.options.limits.commands_per_second > 0;
        (limited && self.free.add(now)).then(|| Verdict::Wait(self.free.wait(now)))
    }

    /// Beginning to write counts every three seconds; stopping counts once after each of those.
    fn typing(&mut self, on: bool, now: Instant) -> Verdict {
        let counts = if on { self.typed.is_none_or(|typed| now - typed >= TYPING) } else { self.types };
        if !counts {
            return Verdict::Drop;
        }
        self.types = on;
        if on {
            self.typed = Some(now);
        }
        Verdict::Go
    }
}

fn spent<T>(counted: Result<T, TooFast>) -> Verdict {
    counted.map_or_else(|too_fast| Verdict::Wait(too_fast.wait), |_| Verdict::Go)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_counts_every_three_seconds_and_stopping_once() {
        let mut pace = Pace::default();
        let start = Instant::now();
        assert_eq!(pace.typing(false, start), Verdict::Drop);
        assert_eq!(pace.typing(true, start), Verdict::Go);
        assert_eq!(pace.typing(true, start + Duration::from_secs(2)), Verdict::Drop);
        assert_eq!(pace.typing(false, start + Duration::from_secs(2)), Verdict::Go);
        assert_eq!(pace.typing(false, start + Duration::from_secs(2)), Verdict::Drop);
        assert_eq!(pace.typing(true, start + Duration::from_millis(2900)), Verdict::Drop);
        assert_eq!(pace.typing(true, start + TYPING), Verdict::Go);
    }
}
