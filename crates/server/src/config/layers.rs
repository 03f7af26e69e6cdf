//! The places a setting can come from, laid over each other: flag, environment, file, default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::read_environment;
use super::faults::Faults;
use super::file::read_file;
use super::keys::{KEYS, Key, Secrecy};
use super::redact::without_credentials;

/// Values by the path of their key, as one place gives them.
pub(crate) type Layer = BTreeMap<String, Given>;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The command line.
    Flag,
    /// An environment variable, by name.
    Variable(String),
    /// A file that an environment variable names, for secrets.
    SecretFile(PathBuf),
    /// The TOML file.
    File(PathBuf),
    /// Nobody gave one.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Variable(name) => f.write_str(name),
            Self::SecretFile(path) | Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value that hasn't been looked at yet. `Debug` isn't derived: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The value's parts: one, or as many as a list has.
    pub(crate) parts: Vec<String>,
    /// Where it came from.
    pub(crate) source: Source,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Given {
    /// Takes the text of a variable or a default; a list is separated by commas.
    pub(crate) fn text(key: &Key, text: &str, source: Source) -> Self {
        let parts = match key.shape {
            super::keys::Shape::List => text.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => vec![text.trim().to_owned()],
        };
        Self { parts: parts.into_iter().filter(|part: &String| !part.is_empty()).collect(), source }
    }

    /// Gives the value as it may be shown.
    pub(crate) fn shown(&self, key: &Key) -> String {
        match key.secrecy {
            Secrecy::Open => self.parts.join(", "),
            Secrecy::Credentials => without_credentials(&self.parts.join(", ")),
            Secrecy::Hidden if self.parts.is_empty() => String::new(),
            Secrecy::Hidden => "(hidden)".to_owned(),
        }
    }
}

/// Every setting's value from the first place that gives one.
#[derive(Debug)]
pub(crate) struct Layers {
    values: Vec<(&'static Key, Given)>,
}

impl Layers {
    /// Reads the environment and, if one is named, the file, and lays them under the flags.
    pub(crate) fn gather(flags: &Layer, variables: &[(String, String)], faults: &mut Faults) -> Self {
        let environment = read_environment(variables, faults);
        let path = flags.get("config").or_else(|| environment.get("config")).and_then(|given| given.parts.first());
        let file = path.map_or_else(Layer::new, |path| read_file(Path::new(path), faults));
        let values = KEYS
            .iter()
            .map(|key| {
                let name = key.path();
                let given = [flags, &environment, &file].into_iter().find_map(|layer| layer.get(&name).cloned());
                (key, given.unwrap_or_else(|| Given::text(key, key.default, Source::Default)))
            })
            .collect();
        Self { values }
    }

    /// Finds a value by the path of its key.
    pub(crate) fn get(&self, path: &str) -> Option<(&'static Key, &Given)> {
        self.values.iter().find(|(key, _)| key.path() == path).map(|(key, given)| (*key, given))
    }

    /// Gives every setting, in the order of the table.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static Key, &Given)> {
        self.values.iter().map(|(key, given)| (*key, given))
    }
}
