//! The server as a process.

use std::fs::{self, File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a server may take to be ready, or to end, before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that would slow a run down or forbid its load.
const WITHOUT_LIMITS: [(&str, &str); 7] = [
    ("CHINWAG_LIMITS_CONNECTIONS_PER_USER", "0"),
    ("CHINWAG_LIMITS_SENDS_PER_SECOND", "0"),
    ("CHINWAG_LIMITS_COMMANDS_PER_SECOND", "0"),
    ("CHINWAG_LIMITS_LOGINS_PER_ADDRESS", "0"),
    ("CHINWAG_LIMITS_LOGINS_PER_ACCOUNT", "0"),
    ("CHINWAG_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("CHINWAG_AUTH_ARGON2_PASSES", "1"),
];

/// Where a server keeps its data; removed when dropped.
#[derive(Debug)]
pub struct Place {
    directory: TempDir,
    store: String,
}

impl Place {
    /// Makes an empty one; `store` is what `--store` takes.
    ///
    /// # Errors
    /// If there can be no temporary directory.
    pub fn new(store: &str) -> Result<Self> {
        Ok(Self { directory: tempfile::tempdir()?, store: store.to_owned() })
    }

    /// Gives the end of what the servers here had to say.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("server.log")
    }
}

/// What a process has used.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Resident memory in bytes.
    pub resident: u64,
    /// Processor time, by user and system.
    pub cpu: Duration,
}

impl Usage {
    /// Reads what a process uses and has used.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn of(process: u32) -> Result<Self> {
        let proc = PathBuf::from(format!("/proc/{process}"));
        let status = fs::read_to_string(proc.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        let stat = fs::read_to_string(proc.join("stat"))?;
        let fields: Vec<&str> = stat.rsplit_once(") ").context("no stat")?.1.split(' ').collect();
        // Fields 14 and 15 of proc(5), in ticks of 10 ms on Linux.
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Self { resident: kib * 1024, cpu: Duration::from_millis(ticks * 10) })
    }
}

/// A server in demo mode with its limits off, killed when dropped.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    /// Reads what the server goes on to print, so that it never waits for a full pipe.
    _reader: JoinSet<()>,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// From start to the line that says it is ready.
    pub ready_after: Duration,
}

impl ServerProcess {
    /// Starts the binary that was built beside this program on a free port, and waits until it is ready.
    ///
    /// # Errors
    /// If it isn't there, ends or hangs.
    pub async fn start(place: &Place) -> Result<Self> {
        Self::start_at(place, "127.0.0.1:0").await
    }

    /// The same on an address, for example one that a killed server has left.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn start_at(place: &Place, listen: &str) -> Result<Self> {
        let started = Instant::now();
        let log = OpenOptions::new().create(true).append(true).open(place.log())?;
        let mut child = command(&place.directory.path().join("data"), &place.store, listen, log)?.spawn()?;
        let stdout = child.stdout.take().context("no output")?;
        let found = timeout(PATIENCE, read_address(stdout)).await;
        let (url, reader) =
            found.context("the server isn't ready after a minute")?.with_context(|| place.last_words())?;
        Ok(Self { child, _reader: reader, url, ready_after: started.elapsed() })
    }

    /// Gives the address it listens on.
    ///
    /// # Errors
    /// If the URL that it printed holds none.
    pub fn address(&self) -> Result<SocketAddr> {
        self.url.strip_prefix("http://").and_then(|address| address.parse().ok()).context("no address in the URL")
    }

    /// Ends the server as a power cut would: SIGKILL, and waits until it is gone.
    ///
    /// # Errors
    /// If it can't be killed.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks the server to stop with SIGTERM; gives how it ended and after how long.
    ///
    /// # Errors
    /// If it can't be signalled or doesn't end.
    pub async fn terminate(mut self) -> Result<(ExitStatus, Duration)> {
        let begun = Instant::now();
        let pid = i32::try_from(self.child.id().context("the server ended")?)?;
        kill_process(Pid::from_raw(pid).context("no process")?, Signal::TERM)?;
        let status = timeout(PATIENCE, self.child.wait()).await.context("the server doesn't stop")??;
        Ok((status, begun.elapsed()))
    }

    /// Gives what it uses and has used.
    ///
    /// # Errors
    /// If it ended.
    pub fn usage(&self) -> Result<Usage> {
        Usage::of(self.child.id().context("the server ended")?)
    }
}

fn command(data: &Path, store: &str, listen: &str, log: File) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command
        .args(["serve", "--demo", "--listen", listen, "--store", store, "--data-dir"])
        .arg(data)
        .envs(WITHOUT_LIMITS)
        .env("CHINWAG_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true);
    Ok(command)
}

/// Waits for the line that names the page; the rest is read and thrown away by the task that comes with it.
async fn read_address(stdout: ChildStdout) -> Result<(String, JoinSet<()>)> {
    let mut output = BufReader::new(stdout);
    let mut line = String::new();
    while output.read_line(&mut line).await? > 0 {
        if let Some(start) = line.find("http://") {
            let address: String = line[start..].chars().take_while(|c| !c.is_whitespace()).collect();
            let url = address.trim_end_matches("/chat-ui").to_owned();
            let mut reader = JoinSet::new();
            reader.spawn(async move {
                let mut rest = Vec::new();
                let _ = output.read_to_end(&mut rest).await;
            });
            return Ok((url, reader));
        }
        line.clear();
    }
    bail!("the server ended before it was ready")
}

/// Finds the server beside this program.
fn binary() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("chinwag");
    if !path.exists() {
        bail!("{} isn't there; build it with: cargo build -p server, in the same profile", path.display());
    }
    Ok(path)
}
