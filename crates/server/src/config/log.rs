//! What is logged, and how.

use tracing_subscriber::EnvFilter;

use super::reader::Reader;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The keys `log` and `log_format`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    /// What to log, in the language of `EnvFilter`; it parses.
    pub(crate) filter: String,
    /// How to log it.
    pub(crate) format: LogFormat,
}

impl LogConfig {
    /// Reads the keys.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let filter = reader.one("log", |text| match EnvFilter::try_new(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(error) => Err(format!("it isn't a filter: {error}")),
        });
        let format = reader.one("log_format", |text| match text {
            "auto" => Ok(LogFormat::Auto),
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("it must be auto, text or json".to_owned()),
        });
        Some(Self { filter: filter?, format: format? })
    }
}
