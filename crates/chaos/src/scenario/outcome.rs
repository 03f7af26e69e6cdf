//! What came of a scenario.

use std::time::Duration;

use crate::checker::Report;

/// Figures, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The figures, in one line.
    pub figures: String,
    /// Why it failed; it passed if there is nothing.
    pub complaints: Vec<String>,
}

impl Outcome {
    /// Begins with what happened besides and what the checker found.
    pub fn of(happened: &str, report: &Report) -> Self {
        let refused = if report.refused > 0 { format!(", {} refused", report.refused) } else { String::new() };
        let figures = format!(
            "{happened}; {} messages, {} acknowledged{refused}, {} changes, seen {} times: {}",
            report.messages, report.acknowledged, report.changes, report.sightings, report.faults
        );
        let mut outcome = Self { figures, complaints: report.faults.examples().map(str::to_owned).collect() };
        outcome.require(report.acknowledged > 0, || "nothing was acknowledged: nothing was tested".to_owned());
        outcome
    }

    /// Begins with figures alone.
    pub fn figures(figures: String) -> Self {
        Self { figures, complaints: Vec::new() }
    }

    /// Complains unless something holds.
    pub fn require(&mut self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complaints.push(complaint());
        }
    }

    /// Complains if something took longer than it may.
    pub fn require_within(&mut self, took: Duration, limit: Duration, what: &str) {
        self.require(took <= limit, || {
            format!("{what} took {} ms, more than {} ms", took.as_millis(), limit.as_millis())
        });
    }

    /// Tells whether nothing is wrong.
    pub fn is_passed(&self) -> bool {
        self.complaints.is_empty()
    }
}
