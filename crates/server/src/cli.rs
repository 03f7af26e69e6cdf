//! The command line: subcommands, and a flag for every setting.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Given, KEYS, Key, Layer, Shape, Source};

/// A self-hosted real-time chat. Without a command it runs the server.
#[derive(Debug, Parser)]
#[command(name = "chinwag", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve,
    /// Manage accounts; a password is asked for, or read from the first line of stdin
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Write a copy of the database to a new file, also while the server runs
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Put a backup into an empty data directory
    Restore {
        /// A file that `backup` made
        file: PathBuf,
    },
    /// Check everything in the store, also while the server runs
    Verify {
        /// A backup to check instead of the database
        file: Option<PathBuf>,
    },
    /// Look at or bring up to date the shape of the store
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the running server whether it is alive; exit code 0 or 1
    Healthcheck {
        /// Where it runs, if not where the configuration says
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Print the description of the HTTP API (OpenAPI 3.1, JSON)
    Openapi,
    /// Print the description of the WebSocket API (AsyncAPI 3.0, JSON)
    Asyncapi,
    /// Print the version
    Version,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make an account
    CreateUser {
        /// Its name
        name: String,
        /// Let it administer the server
        #[arg(long)]
        admin: bool,
    },
    /// Give an account a new password and end its sessions
    SetPassword {
        /// Its name
        name: String,
    },
    /// Shut an account and end its sessions
    Disable {
        /// Its name
        name: String,
    },
    /// Open an account again
    Enable {
        /// Its name
        name: String,
    },
    /// Print all accounts, one a line
    ListUsers,
}

/// What to do with the shape of the store.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Print which steps were taken and which are to come
    Status,
    /// Take the steps that are to come (the server does so itself when it starts)
    Up,
}

/// What to do with the configuration.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting, its value and where that came from
    Show,
    /// Check it; exit code 0 or 2
    Check,
    /// Print the table of all settings, in Markdown
    #[command(hide = true)]
    Reference,
}

/// Reads the command line. Where it can't be understood, or only asks for help, says so and ends the process.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> (Command, Layer) {
    let parsed = definition().try_get_matches_from(arguments).and_then(|matches| {
        let flags = flags(&matches);
        Ok((Cli::from_arg_matches(&matches)?.command.unwrap_or(Command::Serve), flags))
    });
    parsed.unwrap_or_else(|error| error.exit())
}

fn definition() -> clap::Command {
    Cli::command().args(KEYS.iter().filter(|key| key.has_flag()).map(argument))
}

fn argument(key: &Key) -> Arg {
    let argument = Arg::new(key.path()).long(key.flag()).help(help(key)).global(true);
    // The long tail is in `--help`, not in `-h`.
    let argument = match key.section {
        Some(section) => argument.help_heading(capitalised(section)).hide_short_help(true),
        None => argument.help_heading("Settings"),
    };
    match key.shape {
        Shape::Switch => {
            let argument = argument.num_args(0..=1).require_equals(true).default_missing_value("true");
            argument.value_name("BOOL").hide_possible_values(true)
        }
        Shape::One => argument.value_name("VALUE").action(ArgAction::Set),
        Shape::List => argument.value_name("VALUES").action(ArgAction::Append),
    }
}

fn help(key: &Key) -> String {
    let doc = key.doc.trim_end_matches('.').replace('`', "");
    let takes = match key.shape {
        Shape::Switch => String::new(),
        _ => format!(" ({})", key.takes.replace('`', "")),
    };
    if key.default.is_empty() || key.shape == Shape::Switch {
        format!("{doc}{takes}")
    } else {
        format!("{doc}{takes} [default: {}]", key.default)
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Gives the settings among the arguments. They may stand before or after the subcommand; the innermost counts.
fn flags(matches: &ArgMatches) -> Layer {
    let mut layer = Layer::new();
    let mut level = Some(matches);
    while let Some(matches) = level {
        for key in KEYS.iter().filter(|key| key.has_flag()) {
            let values = matches.try_get_many::<String>(&key.path()).ok().flatten();
            if let Some(values) = values {
                let text: Vec<&str> = values.map(String::as_str).collect();
                layer.insert(key.path(), Given::text(key, &text.join(","), Source::Flag));
            }
        }
        level = matches.subcommand().map(|(_, inner)| inner);
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> (Command, Layer) {
        let matches = definition().try_get_matches_from(line.split_whitespace()).unwrap();
        let flags = flags(&matches);
        (Cli::from_arg_matches(&matches).unwrap().command.unwrap_or(Command::Serve), flags)
    }

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn settings_stand_before_or_after_the_command() {
        for line in ["chinwag --data-dir here verify", "chinwag verify --data-dir here"] {
            let (command, flags) = parsed(line);
            assert!(matches!(command, Command::Verify { .. }));
            assert_eq!(flags["data_dir"].parts, ["here"], "{line}");
        }
        assert_eq!(parsed("chinwag admin list-users --store memory").1["store"].parts, ["memory"]);
    }

    #[test]
    fn a_switch_stands_alone_or_takes_a_value_after_an_equals_sign() {
        assert_eq!(parsed("chinwag --demo serve").1["demo"].parts, ["true"]);
        assert_eq!(parsed("chinwag --demo=false").1["demo"].parts, ["false"]);
        assert!(matches!(parsed("chinwag --demo").0, Command::Serve));
    }

    #[test]
    fn a_list_is_separated_by_commas_or_given_again() {
        let (_, flags) = parsed("chinwag --cors-origin https://a,https://b --cors-origin https://c");
        assert_eq!(flags["cors_origin"].parts, ["https://a", "https://b", "https://c"]);
    }

    #[test]
    fn a_secret_has_no_flag() {
        assert!(definition().try_get_matches_from(["chinwag", "--signing-key", "x"]).is_err());
    }
}
