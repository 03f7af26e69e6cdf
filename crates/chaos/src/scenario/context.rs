//! What every scenario is told.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::random::Random;

/// Which store the server runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// The embedded one.
    Sqlite,
    /// A MongoDB, by its URI.
    MongoDb(String),
}

impl StoreChoice {
    /// Gives its name for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::MongoDb(_) => "mongodb",
        }
    }
}

/// How to run.
#[derive(Debug)]
pub struct Context {
    /// Everything random comes from it.
    pub seed: u64,
    /// Whether to run at the size of the figures, or small.
    pub long: bool,
    /// Which store.
    pub store: StoreChoice,
    /// What the databases on a MongoDB are called, followed by the number of the process and another.
    pub database: String,
    databases: AtomicU64,
}

impl Context {
    /// Prepares a run.
    pub fn new(store: StoreChoice, database: &str, seed: u64, long: bool) -> Self {
        Self { seed, long, store, database: database.to_owned(), databases: AtomicU64::new(0) }
    }

    /// Gives a generator for one scenario: the same for the same seed, whatever else runs.
    pub fn random(&self, scenario: &str) -> Random {
        let name = scenario.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Random::new(self.seed ^ name)
    }

    /// Gives one of two sizes.
    pub fn size<T>(&self, short: T, long: T) -> T {
        if self.long { long } else { short }
    }

    /// Gives what `--store` takes, with a place that nobody has used.
    pub fn fresh_store(&self) -> String {
        match &self.store {
            StoreChoice::Sqlite => "sqlite".to_owned(),
            StoreChoice::MongoDb(uri) => {
                let number = self.databases.fetch_add(1, Ordering::Relaxed);
                with_database(uri, &format!("{}_{}_{number}", self.database, std::process::id()))
            }
        }
    }
}

/// Puts a database's name into a URI, between the hosts and the options.
fn with_database(uri: &str, name: &str) -> String {
    let (start, options) =
        uri.split_once('?').map_or((uri, String::new()), |(start, rest)| (start, format!("?{rest}")));
    let hosts = start.strip_prefix("mongodb://").unwrap_or(start).split('/').next().unwrap_or_default();
    format!("mongodb://{hosts}/{name}{options}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_takes_the_place_of_another_and_keeps_the_options() {
        assert_eq!(with_database("mongodb://a:1,b:2/x?replicaSet=rs0", "n"), "mongodb://a:1,b:2/n?replicaSet=rs0");
        assert_eq!(with_database("mongodb://a:1/?directConnection=true", "n"), "mongodb://a:1/n?directConnection=true");
        assert_eq!(with_database("mongodb://a:1", "n"), "mongodb://a:1/n");
    }

    #[test]
    fn every_scenario_gets_a_store_and_numbers_of_its_own() {
        let context = Context::new(StoreChoice::MongoDb("mongodb://a:1/".to_owned()), "chaos", 7, false);
        assert_ne!(context.fresh_store(), context.fresh_store());
        assert_ne!(context.random("kills").next(), context.random("cuts").next());
        assert_eq!(context.random("kills").next(), context.random("kills").next());
    }
}
