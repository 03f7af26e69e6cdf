//! What is to be done until the server has answered, whatever happens to connections meanwhile.

mod command;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use protocol::{ErrorFrame, OkFrame};
use serde_json::Value;

pub(crate) use command::Command;
pub use command::OutgoingMessage;

/// How long it waits before it asks again, where the server doesn't say; doubled each time.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How often it asks before it believes that a fault of the server stays.
const INTERNAL_ATTEMPTS: u32 = 5;

/// The server's answer to a command.
pub(crate) type Answer = Result<OkFrame, ErrorFrame>;

/// Commands on their way. Those of one lane are asked for one after the other, so that a refusal for now can't put the
/// next one before it; lanes don't wait for each other. `R` is whom the outcome is for. A state machine without clock
/// and connection.
#[derive(Debug)]
pub(crate) struct Outbox<R> {
    lanes: BTreeMap<String, VecDeque<Entry<R>>>,
    /// The lane of what was asked for on this connection and isn't answered, by its id.
    asked: BTreeMap<u64, String>,
    held: usize,
    limit: usize,
    next_id: u64,
}

#[derive(Debug)]
struct Entry<R> {
    command: Command,
    whom: R,
    /// How often it was asked for.
    attempts: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting { until: Option<Instant> },
    Asked,
}

impl<R> Outbox<R> {
    /// Makes an empty one that holds at most `limit` commands.
    pub(crate) fn new(limit: usize) -> Self {
        Self { lanes: BTreeMap::new(), asked: BTreeMap::new(), held: 0, limit, next_id: 1 }
    }

    /// Takes a command in, or gives back whom it was for if there are too many.
    pub(crate) fn push(&mut self, command: Command, whom: R) -> Result<(), R> {
        if self.held >= self.limit {
            return Err(whom);
        }
        self.held += 1;
        let lane = self.lanes.entry(command.lane().to_owned()).or_default();
        lane.push_back(Entry { command, whom, attempts: 0, state: State::Waiting { until: None } });
        Ok(())
    }

    /// Gives the frames to be sent now; each is asked for until it is answered or the connection is lost.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Value> {
        let mut frames = Vec::new();
        for (lane, entries) in &mut self.lanes {
            let Some(entry) = entries.front_mut() else { continue };
            let State::Waiting { until } = entry.state else { continue };
            if until.is_none_or(|until| until <= now) {
                entry.state = State::Asked;
                entry.attempts += 1;
                frames.push(entry.command.frame(self.next_id));
                self.asked.insert(self.next_id, lane.clone());
                self.next_id += 1;
            }
        }
        frames
    }

    /// Says when there is something to be sent next, if nothing happens before.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let fronts = self.lanes.values().filter_map(VecDeque::front);
        let waiting = fronts.filter_map(|entry| match entry.state {
            State::Waiting { until } => until,
            State::Asked => None,
        });
        waiting.min()
    }

    /// Takes an answer in; gives whom it is for if it is the last one.
    pub(crate) fn answered(&mut self, id: u64, answer: Answer, now: Instant) -> Option<(R, Answer)> {
        let lane = self.asked.remove(&id)?;
        let entries = self.lanes.get_mut(&lane)?;
        let entry = entries.front_mut()?;
        let answer = match answer {
            Err(error) => match verdict(&error, entry) {
                Verdict::Again(after) => {
                    entry.state = State::Waiting { until: Some(now + after) };
                    return None;
                }
                Verdict::Done => Ok(OkFrame::default()),
                Verdict::Refused => Err(error),
            },
            done => done,
        };
        let entry = entries.pop_front()?;
        if entries.is_empty() {
            self.lanes.remove(&lane);
        }
        self.held -= 1;
        Some((entry.whom, answer))
    }

    /// Takes back what was asked for: it will be asked for again, on the next connection.
    pub(crate) fn disconnected(&mut self) {
        self.asked.clear();
        for entry in self.lanes.values_mut().filter_map(VecDeque::front_mut) {
            entry.state = State::Waiting { until: None };
        }
    }
}

enum Verdict {
    Again(Duration),
    Done,
    Refused,
}

/// Says what a refusal means: some are for now only, or leave open what has happened.
fn verdict<R>(error: &ErrorFrame, entry: &Entry<R>) -> Verdict {
    let doubled = RETRY_MIN.saturating_mul(1 << entry.attempts.min(8)).min(RETRY_MAX);
    let after = error.retry_after_ms.map_or(doubled, Duration::from_millis);
    match error.code.as_str() {
        "rate_limited" | "overloaded" | "unavailable" | "timeout" => Verdict::Again(after),
        "internal" if entry.attempts < INTERNAL_ATTEMPTS => Verdict::Again(after),
        // The first one was carried out, only its answer was lost.
        "not_found" if entry.attempts > 1 && matches!(entry.command, Command::Delete { .. }) => Verdict::Done,
        _ => Verdict::Refused,
    }
}
