//! `chinwag healthcheck`.

use std::time::Duration;

use crate::config::Config;
use crate::failure::Failure;
use crate::listener::reachable;
use crate::output::print;

/// Long enough for a busy server, short enough for whoever checks every few seconds.
const TIMEOUT: Duration = Duration::from_millis(2500);

/// Asks the server at `url`, or where it is configured to listen, whether it is alive.
pub(super) async fn run(config: &Config, url: Option<String>) -> Result<(), Failure> {
    let base = url.unwrap_or_else(|| format!("http://{}", reachable(config.server.listen)));
    let url = format!("{}/healthz", base.trim_end_matches('/').trim_end_matches("/healthz"));
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build();
    let client = client.map_err(|error| Failure::runtime(error.to_string()))?;
    match client.get(&url).send().await {
        Ok(response) if response.status().is_success() => Ok(print("alive")?),
        Ok(response) => Err(Failure::runtime(format!("{url} answers {}", response.status()))),
        Err(error) if error.is_timeout() => Err(Failure::runtime(format!("{url} does not answer in time"))),
        Err(error) if error.is_builder() => Err(Failure::usage(format!("{url} is not a URL"))),
        Err(_) => Err(Failure::runtime(format!("nothing answers at {url}"))),
    }
}
