//! One file a command.

mod admin;
mod config;
mod healthcheck;
mod migrate;
mod open_api;
mod serve;
mod sqlite;
mod version;

use std::env;

use tokio::runtime::{Builder, Runtime};

use crate::cli::Command;
use crate::config::{Config, Faults, Layer, Layers};
use crate::failure::Failure;
use crate::logging;

/// Carries out a command.
///
/// # Errors
/// [`Failure`] with the reason and the exit code.
pub(crate) fn run(command: Command, flags: &Layer) -> Result<(), Failure> {
    match command {
        // Needs no configuration, so that a wrong one is no obstacle.
        Command::Version => return version::run(),
        Command::Openapi => return open_api::openapi(),
        Command::Asyncapi => return open_api::asyncapi(),
        Command::Config(crate::cli::ConfigCommand::Reference) => return config::reference(),
        _ => {}
    }
    let mut faults = Faults::default();
    let layers = Layers::gather(flags, &variables(), &mut faults);
    if let Command::Config(crate::cli::ConfigCommand::Show) = command {
        return config::show(&layers, faults);
    }
    let config = Config::check(&layers, faults)?;
    if let Command::Config(_) = command {
        return config::check(&config);
    }
    logging::begin(&config.log)?;
    match command {
        Command::Serve => runtime()?.block_on(serve::run(config)),
        Command::Admin(action) => admin::run(&config, action),
        Command::Backup { file } => sqlite::backup(&config, &file),
        Command::Restore { file } => sqlite::restore(&config, &file),
        Command::Verify { file } => sqlite::verify(&config, file.as_deref()),
        Command::Migrate(action) => migrate::run(&config, action),
        Command::Healthcheck { url } => runtime()?.block_on(healthcheck::run(&config, url)),
        Command::Version | Command::Openapi | Command::Asyncapi | Command::Config(_) => Ok(()),
    }
}

/// Gives the environment; what isn't Unicode can't be a setting of ours.
fn variables() -> Vec<(String, String)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

/// Makes the runtime: one worker thread a core.
fn runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread().enable_all().thread_name("chinwag").build().map_err(Failure::from)
}
