//! The release binary as a process: started, asked, measured from outside, stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

/// A server in demo mode on a free port, killed when dropped.
pub(crate) struct ServerProcess {
    child: Child,
    /// Reads what the server goes on to print, so that it never waits for a full pipe.
    _reader: JoinSet<()>,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// From start to the line that says it is ready.
    pub(crate) ready_after: Duration,
}

impl ServerProcess {
    /// Starts the binary that was built beside this one, with limits off, on that data directory and store.
    pub(crate) async fn start(data: &Path, store: &str) -> Result<Self> {
        let binary = binary()?;
        let started = Instant::now();
        let mut child = Command::new(&binary)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--store", store, "--data-dir"])
            .arg(data)
            .env("CHINWAG_LIMITS_CONNECTIONS_PER_USER", "0")
            .env("CHINWAG_LIMITS_SENDS_PER_SECOND", "0")
            .env("CHINWAG_LIMITS_COMMANDS_PER_SECOND", "0")
            .env("CHINWAG_LIMITS_LOGINS_PER_ADDRESS", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", binary.display()))?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        while output.read_line(&mut line).await? > 0 {
            if let Some(start) = line.find("http://") {
                let address: String = line[start..].chars().take_while(|c| !c.is_whitespace()).collect();
                let url = address.trim_end_matches("/chat-ui").to_owned();
                let ready_after = started.elapsed();
                let mut reader = JoinSet::new();
                reader.spawn(async move {
                    let mut rest = Vec::new();
                    let _ = output.read_to_end(&mut rest).await;
                });
                return Ok(Self { child, _reader: reader, url, ready_after });
            }
            line.clear();
        }
        bail!("the server ended before it was ready; run {} serve --demo to see why", binary.display())
    }

    /// Ends the server as a power cut would: SIGKILL, and waits until it is gone.
    pub(crate) async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Gives the resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(self.proc("status")?)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }

    /// Gives the processor time used so far, by user and system.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(self.proc("stat")?)?;
        let fields: Vec<&str> = stat.rsplit_once(") ").context("no stat")?.1.split(' ').collect();
        // Fields 14 and 15 of proc(5), in ticks of 10 ms on Linux.
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Gives the sum of a counter from `/metrics`.
    pub(crate) async fn counter(&self, name: &str) -> Result<u64> {
        let text = reqwest::get(format!("{}/metrics", self.url)).await?.error_for_status()?.text().await?;
        let values = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
        values.map(|line| Ok(line.rsplit(' ').next().unwrap_or_default().parse::<u64>()?)).sum()
    }

    fn proc(&self, file: &str) -> Result<PathBuf> {
        let pid = self.child.id().context("the server ended")?;
        Ok(PathBuf::from(format!("/proc/{pid}/{file}")))
    }
}

/// Finds the server beside this program.
fn binary() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("chinwag");
    if !path.exists() {
        bail!("{} isn't there; build it with: cargo build --release -p server", path.display());
    }
    Ok(path)
}
