//! `chinwag version`.

use crate::failure::Failure;
use crate::output::print;

/// Prints the version.
pub(super) fn run() -> Result<(), Failure> {
    Ok(print(&format!("chinwag {}", env!("CARGO_PKG_VERSION")))?)
}
