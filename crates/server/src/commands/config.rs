//! `chinwag config …`.

use crate::config::{Config, Faults, Layers, effective_values, reference_table};
use crate::failure::Failure;
use crate::output::{complain, print};

/// Prints every value and its source. What is wrong is said as well, afterwards.
pub(super) fn show(layers: &Layers, faults: Faults) -> Result<(), Failure> {
    print(effective_values(layers).trim_end())?;
    Config::check(layers, faults)?;
    Ok(())
}

/// Says that the configuration is sound; whether it was, its being here shows.
pub(super) fn check(config: &Config) -> Result<(), Failure> {
    for warning in &config.warnings {
        complain(&format!("warning: {warning}"));
    }
    Ok(print("The configuration is sound.")?)
}

/// Prints the table of the documentation.
pub(super) fn reference() -> Result<(), Failure> {
    Ok(print(reference_table().trim_end())?)
}
