//! Settings from the TOML file.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::faults::Faults;
use super::keys::{KEYS, Key, Shape};
use super::layers::{Given, Layer, Source};
use super::nearest::did_you_mean;

/// Reads a settings file. Whatever is wrong with it is added to the faults, and what is right is still given.
pub(crate) fn read_file(path: &Path, faults: &mut Faults) -> Layer {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.add(format!("the configuration file {shown} can't be read: {error}"));
            return Layer::new();
        }
    };
    match text.parse::<Table>() {
        Ok(table) => Reading { path, faults, layer: Layer::new() }.all(&table),
        Err(error) => {
            // Its own text would show the line, which may hold a secret.
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            faults.add(format!("{shown} is not TOML: {} in line {line}", error.message()));
            Layer::new()
        }
    }
}

struct Reading<'a> {
    path: &'a Path,
    faults: &'a mut Faults,
    layer: Layer,
}

impl Reading<'_> {
    fn all(mut self, table: &Table) -> Layer {
        for (name, value) in table {
            match value {
                Value::Table(section) if KEYS.iter().any(|key| key.section == Some(name)) => {
                    for (inner, value) in section {
                        self.value(&format!("{name}.{inner}"), value);
                    }
                }
                _ => self.value(name, value),
            }
        }
        self.layer
    }

    fn value(&mut self, path: &str, value: &Value) {
        let shown = self.path.display();
        let Some(key) = KEYS.iter().find(|key| key.in_file() && key.path() == path) else {
            let sections = ["limits", "auth"].map(str::to_owned);
            let known = KEYS.iter().filter(|key| key.in_file()).map(Key::path).chain(sections);
            self.faults.add(format!("{shown}: the key {path} is not known{}", did_you_mean(path, known)));
            return;
        };
        match parts(key, value) {
            Some(parts) => {
                self.layer.insert(path.to_owned(), Given { parts, source: Source::File(self.path.to_owned()) });
            }
            None => self.faults.add(format!(
                "{shown}: {path} takes {}, not a TOML {}{}",
                key.takes,
                value.type_str(),
                if key.shape == Shape::List { " other than an array of texts" } else { "" }
            )),
        }
    }
}

fn parts(key: &Key, value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(values) if key.shape == Shape::List => {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        }
        Value::String(text) => Some(Given::text(key, text, Source::Default).parts),
        Value::Integer(number) if key.shape == Shape::One => Some(vec![number.to_string()]),
        Value::Boolean(on) if key.shape == Shape::Switch => Some(vec![on.to_string()]),
        _ => None,
    }
}
