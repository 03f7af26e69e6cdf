//! What the server counts itself.

use anyhow::Result;
use chaos::process::ServerProcess;

/// Reads a counter, added up over its labels; 0 if it isn't there yet.
pub(crate) async fn value(server: &ServerProcess, name: &str) -> Result<u64> {
    let text = reqwest::get(format!("{}/metrics", server.url)).await?.error_for_status()?.text().await?;
    let values = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    values.map(|line| Ok(line.rsplit(' ').next().unwrap_or_default().parse::<u64>()?)).sum()
}
