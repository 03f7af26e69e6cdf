//! Log lines to stderr.

use std::env;
use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Begins to log, panics included. Events of the `log` crate, which only some third-party crates use, aren't
/// taken over: what they hold isn't under our control.
///
/// # Errors
/// If the filter isn't one, or logging was begun before.
pub(crate) fn begin(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).context("the log filter")?;
    let text = match config.format {
        LogFormat::Auto => io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let registry = registry().with(filter);
    if text {
        let layer = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
        registry.with(layer).try_init()
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(io::stderr)).try_init()
    }
    .context("logging began twice")?;
    let in_full = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        log_panic(info);
        // Whoever asks for a backtrace is looking for a fault, and sees everything.
        if env::var_os("RUST_BACKTRACE").is_some() {
            in_full(info);
        }
    }));
    Ok(())
}

/// Says where a panic happened. Its message is said only if it is fixed text: one that was put together may hold
/// a piece of what somebody wrote.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let said = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
    let thread = std::thread::current().name().unwrap_or_default().to_owned();
    tracing::error!(place, said, thread, "a panic; please report this");
}
