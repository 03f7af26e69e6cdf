//! The configuration: read from every place, checked as a whole, typed by section.

mod auth;
mod broker;
mod environment;
mod faults;
mod file;
mod keys;
mod layers;
mod limits;
mod log;
mod nearest;
mod reader;
mod redact;
mod server;
mod show;
mod store;

pub(crate) use auth::AuthConfig;
pub(crate) use broker::BrokerConfig;
pub(crate) use faults::Faults;
pub(crate) use keys::{KEYS, Key, Shape};
pub(crate) use layers::{Given, Layer, Layers, Source};
pub(crate) use limits::LimitsConfig;
pub(crate) use log::{LogConfig, LogFormat};
pub(crate) use server::ServerConfig;
pub(crate) use show::{effective_values, reference_table};
pub(crate) use store::{MongoUri, StoreConfig};

use reader::Reader;

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Addresses, paths, demo.
    pub(crate) server: ServerConfig,
    /// The store.
    pub(crate) store: StoreConfig,
    /// The broadcaster.
    pub(crate) broker: BrokerConfig,
    /// Limits.
    pub(crate) limits: LimitsConfig,
    /// Passwords, tokens, sessions.
    pub(crate) auth: AuthConfig,
    /// Logging.
    pub(crate) log: LogConfig,
    /// What is allowed but not advisable, to be logged at the start.
    pub(crate) warnings: Vec<String>,
}

impl Config {
    /// Checks the values of all layers.
    ///
    /// # Errors
    /// Every fault there is, those found while gathering included.
    pub(crate) fn check(layers: &Layers, mut faults: Faults) -> Result<Self, Faults> {
        let mut warnings = Vec::new();
        let config = Self::read(&mut Reader::new(layers, &mut faults), &mut warnings);
        match config {
            Some(config) if faults.is_empty() => Ok(Self { warnings, ..config }),
            _ => Err(faults),
        }
    }

    fn read(reader: &mut Reader<'_>, warnings: &mut Vec<String>) -> Option<Self> {
        let server = ServerConfig::read(reader);
        let store = StoreConfig::read(reader);
        let broker = BrokerConfig::read(reader, store.as_ref());
        let limits = LimitsConfig::read(reader);
        let auth = AuthConfig::read(reader, warnings);
        let log = LogConfig::read(reader);
        Some(Self {
            server: server?,
            store: store?,
            broker: broker?,
            limits: limits?,
            auth: auth?,
            log: log?,
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut faults = Faults::default();
        let layers = Layers::gather(&Layer::new(), &variables, &mut faults);
        Config::check(&layers, faults).map_err(|faults| faults.to_string())
    }

    #[test]
    fn the_defaults_are_sound_and_those_of_the_http_side() {
        let config = loaded(&[]).unwrap();
        assert_eq!(config.limits.usage, http_api::Limits::default());
        assert_eq!(config.limits.header_read, http_api::Timings::default().header_read);
        assert_eq!(config.warnings, [""; 0]);
        assert_eq!((config.store, config.broker), (StoreConfig::Sqlite, BrokerConfig::Local));
    }

    #[test]
    fn zero_switches_every_limit_off() {
        let off: Vec<(String, String)> = KEYS
            .iter()
            .filter(|key| key.section == Some("limits"))
            .map(|key| (key.variable(), "0".to_owned()))
            .collect();
        let off: Vec<(&str, &str)> = off.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(loaded(&off).unwrap().limits.usage, http_api::Limits::OFF);
    }

    #[test]
    fn all_faults_come_at_once() {
        let message = loaded(&[
            ("CHINWAG_LISTEN", "nowhere"),
            ("CHINWAG_LISTE", "127.0.0.1:1"),
            ("CHINWAG_LIMITS_SENDS_PER_SECOND", "-1"),
            ("CHINWAG_STORE", "mysql"),
            ("CHINWAG_AUTH_SESSION_DAYS", "0"),
        ])
        .unwrap_err();
        assert!(message.starts_with("the configuration has 5 faults:"), "{message}");
        assert!(message.contains("did you mean CHINWAG_LISTEN?"), "{message}");
        assert!(message.contains("from 0 to 1000000"), "{message}");
    }

    #[test]
    fn mongodb_brings_its_own_broker_unless_told_otherwise() {
        let store = ("CHINWAG_STORE", "mongodb://db/chat");
        assert_eq!(loaded(&[store]).unwrap().broker, BrokerConfig::MongoDb);
        assert_eq!(loaded(&[store, ("CHINWAG_BROKER", "local")]).unwrap().broker, BrokerConfig::Local);
        assert!(loaded(&[("CHINWAG_BROKER", "mongodb")]).unwrap_err().contains("needs store"));
        assert!(
            loaded(&[store, ("CHINWAG_BROKER", "nats://h")]).unwrap_err().contains("not available in this build yet")
        );
    }

    #[test]
    fn hashing_below_the_floor_is_warned_of() {
        assert_eq!(loaded(&[("CHINWAG_AUTH_ARGON2_MEMORY_KIB", "8")]).unwrap().warnings.len(), 1);
        assert_eq!(loaded(&[("CHINWAG_AUTH_ARGON2_PASSES", "1")]).unwrap().warnings.len(), 1);
    }

    #[test]
    fn a_fault_never_shows_a_secret() {
        let message =
            loaded(&[("CHINWAG_SIGNING_KEY", "hunter2"), ("CHINWAG_STORE", "mysql://u:hunter2@h")]).unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn the_demo_is_kept_from_other_machines_unless_that_is_wanted() {
        let open = [("CHINWAG_DEMO", "true"), ("CHINWAG_LISTEN", "0.0.0.0:0")];
        assert!(loaded(&open).unwrap_err().contains("--demo-public"));
        assert!(loaded(&[open[0], open[1], ("CHINWAG_DEMO_PUBLIC", "true")]).unwrap().server.demo);
    }

    #[test]
    fn variables_of_others_with_our_prefix_are_left_alone() {
        for name in ["CHINWAG_TEST_MONGODB_URI", "CHINWAG_PORT_8000_TCP", "CHINWAG_SERVICE_HOST", "CHINWAG_CACHE_DIR"] {
            assert!(loaded(&[(name, "x")]).is_ok(), "{name}");
        }
    }
}
