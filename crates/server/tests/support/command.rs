//! The binary as a command that ends by itself.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

/// How long anything may take before a test gives up: far more than it needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained about.
    pub(crate) stderr: String,
}

/// Makes a command that sees none of the `CHINWAG_…` variables of whoever runs the tests, hashes passwords
/// quickly, and logs errors only.
pub(crate) fn chinwag() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CHINWAG_") {
            command.env_remove(name);
        }
    }
    command.env("CHINWAG_AUTH_ARGON2_MEMORY_KIB", "64").env("CHINWAG_AUTH_ARGON2_PASSES", "1");
    // What goes wrong is shown; what goes well would bury it.
    command.env("CHINWAG_LOG", "error");
    command.kill_on_drop(true);
    command
}

/// Runs a command to its end, with `input` on stdin.
pub(crate) async fn ended(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // A command that reads nothing may be gone already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("the command ends").expect("it was started");
    Ended {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// Runs `chinwag` with these arguments to its end.
pub(crate) async fn run(arguments: &[&str]) -> Ended {
    let mut command = chinwag();
    command.args(arguments);
    ended(command, "").await
}

/// Runs `chinwag` with these arguments on a data directory, with `input` on stdin.
pub(crate) async fn run_on(data_dir: &Path, arguments: &[&str], input: &str) -> Ended {
    let mut command = chinwag();
    command.args(arguments).arg("--data-dir").arg(data_dir);
    ended(command, input).await
}
