//! Settings from environment variables.

use std::fs;
use std::path::PathBuf;

use super::faults::Faults;
use super::keys::KEYS;
use super::layers::{Given, Layer, Source};
use super::nearest::did_you_mean;

/// Variables with our prefix that mean something to others: to this repository's scripts and tests, or set by
/// Kubernetes for a service called `chinwag`.
const OTHERS: &[&str] = &[
    "CHINWAG_BIN",
    "CHINWAG_CACHE_DIR",
    "CHINWAG_CHROMIUM",
    "CHINWAG_E2E_",
    "CHINWAG_MONGOD",
    "CHINWAG_MONGO_",
    "CHINWAG_PORT",
    "CHINWAG_PUBLISH",
    "CHINWAG_REPLICA_SET_DIR",
    "CHINWAG_SERVICE_",
    "CHINWAG_TEST_",
];

/// Reads what the `CHINWAG_…` variables set. An empty variable is as good as none.
pub(crate) fn read_environment(variables: &[(String, String)], faults: &mut Faults) -> Layer {
    let mut layer = Layer::new();
    for (name, value) in variables {
        if !name.starts_with("CHINWAG_") || value.trim().is_empty() {
            continue;
        }
        if let Some(key) = KEYS.iter().find(|key| key.variable() == *name) {
            layer.insert(key.path(), Given::text(key, value, Source::Variable(name.clone())));
        } else if let Some(key) =
            KEYS.iter().find(|key| key.has_secret_file() && format!("{}_FILE", key.variable()) == *name)
        {
            if variables.iter().any(|(other, value)| *other == key.variable() && !value.trim().is_empty()) {
                faults.add(format!("{} and {name} are both set; keep one of them", key.variable()));
                continue;
            }
            match fs::read_to_string(value) {
                Ok(text) if text.trim().is_empty() => faults.add(format!("{name}: the file {value} is empty")),
                Ok(text) => {
                    layer.insert(key.path(), Given::text(key, &text, Source::SecretFile(PathBuf::from(value))));
                }
                Err(error) => faults.add(format!("{name}: the file {value} can't be read: {error}")),
            }
        } else if !OTHERS.iter().any(|prefix| name.starts_with(prefix)) {
            let known = KEYS.iter().flat_map(|key| {
                let file = key.has_secret_file().then(|| format!("{}_FILE", key.variable()));
                std::iter::once(key.variable()).chain(file)
            });
            faults.add(format!("the environment variable {name} is not known{}", did_you_mean(name, known)));
        }
    }
    layer
}
