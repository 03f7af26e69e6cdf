//! The configuration as text, for people.

use std::fmt::Write;

use super::keys::{KEYS, Key, Secrecy};
use super::layers::{Layers, Source};

/// Gives every setting with its effective value and where that came from, without secrets. What it gives is
/// TOML, so that it can serve as the beginning of a file.
pub(crate) fn effective_values(layers: &Layers) -> String {
    let mut text = String::new();
    let mut section = None;
    for (key, given) in layers.all() {
        if key.section != section {
            section = key.section;
            _ = writeln!(text, "\n[{}]", section.unwrap_or_default());
        }
        let shown = given.shown(key);
        let empty = given.parts.is_empty();
        // Hidden values aren't values: such a line must not be taken over.
        let aside = if empty || key.secrecy == Secrecy::Hidden || !key.in_file() { "# " } else { "" };
        let line = format!("{aside}{} = {}", key.name, literal(key, &shown));
        let source =
            if empty && given.source == Source::Default { "not set".to_owned() } else { given.source.to_string() };
        _ = writeln!(text, "{line:<48} # {source}");
    }
    text
}

fn literal(key: &Key, shown: &str) -> String {
    let number = !shown.is_empty() && shown.bytes().all(|byte| byte.is_ascii_digit());
    if number || matches!(shown, "true" | "false") {
        shown.to_owned()
    } else if key.shape == super::keys::Shape::List && shown.contains(", ") {
        let parts: Vec<String> = shown.split(", ").map(|part| format!("{part:?}")).collect();
        format!("[{}]", parts.join(", "))
    } else {
        format!("{shown:?}")
    }
}

/// Gives the table of all settings for the documentation, in Markdown.
pub(crate) fn reference_table() -> String {
    let mut text = String::from("| key | flag | variable | takes | default | meaning |\n|---|---|---|---|---|---|\n");
    for key in KEYS {
        let path = if key.in_file() { format!("`{}`", key.path()) } else { String::new() };
        let flag = if key.has_flag() { format!("`--{}`", key.flag()) } else { String::new() };
        let mut variable = format!("`{}`", key.variable());
        if key.has_secret_file() {
            _ = write!(variable, ", `{}_FILE`", key.variable());
        }
        let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
        _ = writeln!(text, "| {path} | {flag} | {variable} | {} | {default} | {} |", key.takes, key.doc);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_the_table_of_all_settings() {
        let documentation = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md"));
        let table = reference_table();
        assert!(documentation.contains(&table), "put the output of `chinwag config reference` into it:\n{table}");
    }
}
