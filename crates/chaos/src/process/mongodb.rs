//! A MongoDB replica set of three nodes, kept by `scripts/mongo-replica-set`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::Command;

/// A replica set of its own on free ports.
#[derive(Debug)]
pub struct ReplicaSet {
    script: PathBuf,
    directory: TempDir,
    /// Its URI, without a database.
    pub uri: String,
}

impl ReplicaSet {
    /// Starts three nodes and waits for their primary; fetches `mongod` where there is none.
    ///
    /// # Errors
    /// If that doesn't work; the script has said why.
    pub async fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/mongo-replica-set").canonicalize()?;
        let mut set = Self { script, directory: tempfile::tempdir()?, uri: String::new() };
        set.uri = set.run(&["start", "3"]).await?;
        Ok(set)
    }

    /// Gives the URI of a database in it.
    pub fn database(&self, name: &str) -> String {
        self.uri.replacen("/?", &format!("/{name}?"), 1)
    }

    /// Kills the primary with SIGKILL; gives its number.
    ///
    /// # Errors
    /// If there is none.
    pub async fn kill_primary(&self) -> Result<String> {
        let primary = self.run(&["primary"]).await?;
        self.run(&["kill", &primary]).await?;
        Ok(primary)
    }

    /// Starts a killed node again on its data.
    ///
    /// # Errors
    /// If the script fails.
    pub async fn restart(&self, node: &str) -> Result<()> {
        self.run(&["restart", node]).await.map(|_| ())
    }

    /// Stops all nodes and removes their data.
    ///
    /// # Errors
    /// If the script fails.
    pub async fn stop(self) -> Result<()> {
        // Their data goes anyway, and a node that is asked to stop first waits for others to take over.
        for node in ["0", "1", "2"] {
            let _ = self.run(&["kill", node]).await;
        }
        self.run(&["stop"]).await.map(|_| ())
    }

    async fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.script);
        command.args(arguments).env("CHINWAG_REPLICA_SET_DIR", self.directory.path().join("set"));
        // Nodes outlive the command that starts them; a pipe they inherited would never end.
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().await?;
        if !output.status.success() {
            bail!("scripts/mongo-replica-set {} failed", arguments.join(" "));
        }
        let text = String::from_utf8(output.stdout).context("text that isn't Unicode")?;
        Ok(text.trim().to_owned())
    }
}

impl Drop for ReplicaSet {
    /// Ends the nodes also where a run fails in the middle.
    fn drop(&mut self) {
        if self.directory.path().join("set").exists() {
            let mut command = std::process::Command::new(&self.script);
            let command = command.arg("stop").env("CHINWAG_REPLICA_SET_DIR", self.directory.path().join("set"));
            let _ = command.stdin(Stdio::null()).status();
        }
    }
}
