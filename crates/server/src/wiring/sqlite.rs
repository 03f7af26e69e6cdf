//! The embedded store, and the commands on its file.

use std::fmt::Write;
use std::path::Path;

use infra_sqlite::{DataDirLock, Migration, OpenError, SqliteOptions, SqliteStore};

use super::{Repositories, local_broadcaster};
use crate::failure::Failure;

/// Opens the store in a data directory that was taken.
pub(super) fn open(lock: DataDirLock) -> Result<(SqliteStore, Repositories), Failure> {
    let store = SqliteStore::open_locked(lock, &SqliteOptions::default()).map_err(failure)?;
    let repositories = Repositories {
        users: store.users(),
        sessions: store.sessions(),
        rooms: store.rooms(),
        memberships: store.memberships(),
        messages: store.messages(),
        read_states: store.read_states(),
        threads: store.threads(),
        presences: store.presences(),
        tickets: store.tickets(),
        dataset: store.dataset(),
        broadcaster: local_broadcaster(),
    };
    Ok((store, repositories))
}

/// Hands the store's own counts to the metrics.
pub(super) fn record(store: &SqliteStore) {
    let statistics = store.statistics();
    metrics::counter!("chinwag_store_writes_total").absolute(statistics.writes);
    metrics::counter!("chinwag_store_commits_total").absolute(statistics.commits);
    metrics::counter!("chinwag_store_failures_total").absolute(statistics.failures);
}

/// Says what stood in the way. The error's own text is whole: it names its cause itself.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn failure(error: OpenError) -> Failure {
    Failure::runtime(error.to_string())
}

/// Copies the database to a new file. A server may be running.
pub(crate) fn backup(data_dir: &Path, file: &Path) -> Result<(), Failure> {
    infra_sqlite::backup(data_dir, file).map_err(failure)
}

/// Puts a copy into a data directory without a database, as a data set with a name of its own.
pub(crate) fn restore(data_dir: &Path, file: &Path) -> Result<(), Failure> {
    infra_sqlite::restore(file, data_dir).map_err(failure)
}

/// Checks everything in the database, which a server may be using, or in a backup; gives a line for each fault.
pub(crate) fn verify(data_dir: &Path, file: Option<&Path>) -> Result<Vec<String>, Failure> {
    file.map_or_else(|| infra_sqlite::verify(data_dir), infra_sqlite::verify_file).map_err(failure)
}

/// Tells which migrations the database has and which are to come.
pub(super) fn migration_status(data_dir: &Path) -> Result<String, Failure> {
    let status = infra_sqlite::migration_status(data_dir).map_err(failure)?;
    let mut text = format!("The database is at migration {}.", status.current);
    match status.pending.as_slice() {
        [] => text.push_str(" Nothing is to be done."),
        pending => _ = write!(text, " To be done:{}", listed(pending)),
    }
    Ok(text)
}

/// Takes the migrations that are to come.
pub(super) fn migrate(data_dir: &Path) -> Result<String, Failure> {
    let done = infra_sqlite::migrate(data_dir).map_err(failure)?;
    Ok(match done.as_slice() {
        [] => "Nothing was to be done.".to_owned(),
        done => format!("Done:{}", listed(done)),
    })
}

fn listed(migrations: &[Migration]) -> String {
    migrations.iter().fold(String::new(), |mut text, migration| {
        _ = write!(text, "\n  {} {}", migration.number, migration.title);
        text
    })
}
