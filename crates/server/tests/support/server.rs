//! The real server: started, watched, stopped and killed.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::command::{PATIENCE, chinwag};
use super::place::Place;

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// What it printed until it was ready, and a little after.
    pub(crate) greeting: Vec<String>,
    /// How long it took to be ready.
    pub(crate) ready_after: Duration,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts a server in demo mode at that place on a free port, without limits, and waits until it is ready.
    pub(crate) async fn start(place: &Place) -> Self {
        Self::start_at(place, "127.0.0.1:0").await
    }

    /// The same on that address.
    pub(crate) async fn start_at(place: &Place, listen: &str) -> Self {
        let mut command = without_limits(place);
        command.args(["--demo", "--listen", listen]);
        Self::spawn(command).await
    }

    /// Starts a command that runs a server, and waits until it is ready.
    ///
    /// # Panics
    /// If the command ends or says nothing; what it complained about is then on the test's own stderr.
    pub(crate) async fn spawn(mut command: Command) -> Self {
        let begun = Instant::now();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("the binary starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines();
        let mut greeting = Vec::new();
        let url = loop {
            let line = timeout(PATIENCE, stdout.next_line()).await.expect("the server is ready in time");
            let line = line.expect("stdout can be read").expect("the server doesn't end before it is ready");
            let url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
            greeting.push(line.clone());
            if let Some(url) = url {
                break url.strip_suffix("/chat-ui").expect("the line names the page").to_owned();
            }
        };
        Self { child, url, greeting, ready_after: begun.elapsed(), stdout }
    }

    /// Gives the address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").expect("a URL").parse().expect("an address")
    }

    /// Reads lines until one contains the text, and gives that line.
    pub(crate) async fn line_with(&mut self, text: &str) -> String {
        if let Some(line) = self.greeting.iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        loop {
            let line = timeout(PATIENCE, self.stdout.next_line()).await.expect("the line comes in time");
            let line = line.expect("stdout can be read").expect("the line comes before the end");
            self.greeting.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Gives its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Ends it without a chance to do anything, and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Sends SIGTERM and waits for the end; gives how it ended and after how long.
    pub(crate) async fn terminate(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).expect("a pid")).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it can be signalled");
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("it was started");
        (status, begun.elapsed())
    }
}

/// Gives a command for that place with everything off that would slow a test down.
pub(crate) fn without_limits(place: &Place) -> Command {
    let mut command = chinwag();
    command.arg("serve").env("CHINWAG_DATA_DIR", place.data_dir()).env("CHINWAG_STORE", place.store());
    command.args(["--limits-sends-per-second=0", "--limits-commands-per-second=0", "--limits-connections-per-user=0"]);
    command.args(["--limits-logins-per-account=0", "--limits-logins-per-address=0"]);
    command
}
