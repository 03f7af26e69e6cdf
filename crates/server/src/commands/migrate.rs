//! `chinwag migrate …`.

use crate::cli::MigrateCommand;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::print;
use crate::wiring;

/// Prints which steps the store has taken, after taking those that were missing if that was asked for.
pub(super) fn run(config: &Config, action: MigrateCommand) -> Result<(), Failure> {
    let report = super::runtime()?.block_on(async {
        match action {
            MigrateCommand::Status => wiring::migration_status(config).await,
            MigrateCommand::Up => wiring::migrate(config).await,
        }
    })?;
    Ok(print(report.trim_end())?)
}
