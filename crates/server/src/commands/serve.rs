//! `chinwag serve`: from the configuration to a running server, and back.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use http_api::{App, DemoAccount, HttpOptions, Readiness, SetUpToken, Timings};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use realtime::{Hub, HubOptions};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, StoreConfig};
use crate::demo;
use crate::disk::readiness_with_room;
use crate::failure::Failure;
use crate::listener::{bind, raise_file_limit, reachable};
use crate::output::print;
use crate::secrets::KeyBytes;
use crate::shutdown;
use crate::wiring::{self, Backend};

/// How long connections may take to end; the rest of the ten seconds is for the store.
const DRAIN: Duration = Duration::from_secs(8);
/// How often the recorder of metrics tidies up.
const UPKEEP: Duration = Duration::from_secs(5);

/// Runs the server until a signal stops it, or a fault of the store that only a restart heals.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    raise_file_limit();
    let stop = shutdown::on_signals()?;
    let tasks = TaskTracker::new();
    let metrics = install_metrics(&tasks, &stop)?;
    let opened = tokio::select! {
        opened = wiring::open(&config, &tasks, &stop) => Some(opened?),
        // A store that can't be reached keeps nobody waiting who has changed their mind.
        () = stop.cancelled() => None,
    };
    let Some(backend) = opened else { return Ok(()) };
    let server = Server { config, tasks, stop, metrics };
    let served = tokio::select! {
        served = server.serve(&backend) => served,
        // Whatever is under way can't be made durable any more; a restart recovers what is.
        why = backend.failed() => Err(Failure::runtime(format!("the store failed, start the server again: {why}"))),
    };
    server.stop.cancel();
    server.tasks.close();
    server.tasks.wait().await;
    backend.close().await;
    tracing::info!("stopped");
    served
}

/// What serving needs besides the ports.
struct Server {
    config: Config,
    tasks: TaskTracker,
    stop: CancellationToken,
    metrics: PrometheusHandle,
}

impl Server {
    /// Prepares what a first start needs, says where the server is, and serves until it is told to stop.
    async fn serve(&self, backend: &Backend) -> Result<(), Failure> {
        let demo = if self.config.server.demo { Some(demo::prepare(&backend.ports).await?) } else { None };
        let has_users = backend.ports.users.any().await.context("the store")?;
        let set_up = if has_users { None } else { Some(KeyBytes::random()?.reveal_text()) };
        let listener = bind(self.config.server.listen)?;
        let address = listener.local_addr().context("the listening socket")?;
        let options = self.options(demo.clone().unwrap_or_default(), set_up.clone());
        let hub_options = HubOptions { connections_per_user: options.limits.connections_per_user };
        let hub = Hub::start(backend.ports.clone(), hub_options, self.tasks.clone());
        let metrics = self.metrics.clone();
        let record_store = backend.statistics();
        let app = App {
            ports: backend.ports.clone(),
            hub: Arc::clone(&hub),
            options,
            readiness: self.readiness(),
            render_metrics: Arc::new(move || {
                record_store();
                metrics.render()
            }),
        };
        print(&greeting(&self.config, address, demo.as_deref(), set_up.as_deref()))?;
        tracing::info!(%address, store = self.config.store.kind(), version = env!("CARGO_PKG_VERSION"), "ready");
        let served = http_api::serve(listener, app, self.stop.clone()).await;
        hub.stop();
        Ok(served.context("the listening socket")?)
    }

    fn readiness(&self) -> Readiness {
        match self.config.store {
            StoreConfig::Memory => Readiness::new(),
            StoreConfig::Sqlite | StoreConfig::MongoDb(_) => readiness_with_room(self.config.server.data_dir.clone()),
        }
    }

    fn options(&self, demo_accounts: Vec<DemoAccount>, set_up: Option<String>) -> HttpOptions {
        let Config { server, limits, .. } = &self.config;
        HttpOptions {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            public_origin: server.origin.clone(),
            cors_origins: server.cors_origin.clone(),
            trusted_proxies: server.trusted_proxies.clone(),
            limits: limits.usage,
            timings: Timings { header_read: limits.header_read, shutdown: DRAIN, ..Timings::default() },
            demo_accounts,
            set_up_token: set_up.map(SetUpToken::new),
            ..HttpOptions::default()
        }
    }
}

/// Begins to record metrics, and keeps the record small.
fn install_metrics(tasks: &TaskTracker, stop: &CancellationToken) -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| anyhow::anyhow!("metrics are recorded already"))?;
    metrics::gauge!("chinwag_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let upkeep = handle.clone();
    tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
        let mut ticks = interval(UPKEEP);
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    }));
    Ok(handle)
}

/// Says where the server is and how to get in, for whoever started it.
fn greeting(config: &Config, address: SocketAddr, demo: Option<&[DemoAccount]>, set_up: Option<&str>) -> String {
    let local = format!("http://{}", reachable(address));
    let mut text = format!("Chinwag is ready: {local}/chat-ui");
    if let Some(origin) = &config.server.origin {
        _ = write!(text, "\nPeople reach it at {origin}/chat-ui");
    }
    match demo {
        Some([]) => text.push_str("\nThe store isn't empty, so no demo accounts were made."),
        Some(accounts) => {
            for account in accounts {
                _ = write!(text, "\nDemo log-in: {} / {}", account.username, account.password);
            }
        }
        None => {}
    }
    if let Some(token) = set_up {
        let base = config.server.origin.as_ref().unwrap_or(&local);
        _ = write!(
            text,
            "\nThere is no account yet. Make the first one, which administers this server, with this link, which \
             works once:\n{base}/chat-ui#/setup/{token}"
        );
    }
    text
}
