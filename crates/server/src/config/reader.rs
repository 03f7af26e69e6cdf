//! From texts to typed values, collecting what doesn't fit.

use super::faults::Faults;
use super::keys::{Key, Secrecy};
use super::layers::{Given, Layers, Source};

/// Hands the sections their values. Every method answers `None` after a fault, which it has recorded; a section
/// reads all its keys before it looks, so that all faults are found.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    layers: &'a Layers,
    faults: &'a mut Faults,
}

impl<'a> Reader<'a> {
    /// Reads from these layers.
    pub(crate) fn new(layers: &'a Layers, faults: &'a mut Faults) -> Self {
        Self { layers, faults }
    }

    /// Reads a value that is always there, because its key has a default.
    pub(crate) fn one<T>(&mut self, path: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.optional(path, parse)?;
        if value.is_none() {
            self.faults.add(format!("{path} is empty"));
        }
        value
    }

    /// Reads a value that may be missing.
    #[expect(clippy::option_option, reason = "the outer one says whether there was a fault")]
    pub(crate) fn optional<T>(&mut self, path: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Option<T>> {
        let mut values = self.list(path, parse)?;
        Some(if values.is_empty() { None } else { Some(values.swap_remove(0)) })
    }

    /// Reads any number of values.
    pub(crate) fn list<T>(&mut self, path: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let Some((key, given)) = self.layers.get(path) else {
            self.faults.add(format!("{path} is read but isn't in the table of settings; please report this"));
            return None;
        };
        let mut values = Vec::with_capacity(given.parts.len());
        let mut sound = true;
        for part in &given.parts {
            match parse(part) {
                Ok(value) => values.push(value),
                Err(reason) => {
                    sound = false;
                    self.faults.add(describe(key, given, part, &reason));
                }
            }
        }
        sound.then_some(values)
    }

    /// Reads a whole number within bounds.
    pub(crate) fn number(&mut self, path: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        self.one(path, |text| {
            let bounds = || format!("it must be a whole number from {} to {}", range.start(), range.end());
            let number = text.replace('_', "").parse::<u64>().map_err(|_| bounds())?;
            if range.contains(&number) { Ok(number) } else { Err(bounds()) }
        })
    }

    /// Reads a switch.
    pub(crate) fn switch(&mut self, path: &str) -> Option<bool> {
        self.one(path, |text| match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err("it must be true or false".to_owned()),
        })
    }

    /// Records a fault that concerns more than one key.
    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        self.faults.add(fault);
    }
}

fn describe(key: &Key, given: &Given, part: &str, reason: &str) -> String {
    let path = key.path();
    let value = match key.secrecy {
        Secrecy::Open => format!(" = {part:?}"),
        Secrecy::Credentials | Secrecy::Hidden => String::new(),
    };
    match &given.source {
        Source::Flag => format!("{path}{value} (from --{}): {reason}", key.flag()),
        source => format!("{path}{value} (from {source}): {reason}"),
    }
}
