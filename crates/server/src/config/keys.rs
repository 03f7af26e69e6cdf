//! Every setting there is: the one table that flags, variables, the file, `config show` and the documentation
//! come from.

/// How much of a setting may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// All of it.
    Open,
    /// All but the user name and password in a URI.
    Credentials,
    /// Nothing.
    Hidden,
}

/// What a setting takes, as far as the command line has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One value.
    One,
    /// True or false; as a flag it may stand alone.
    Switch,
    /// Several values, separated by commas, or an array in the file.
    List,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Its table in the file; none for the top level.
    pub(crate) section: Option<&'static str>,
    /// Its name within the section, in `snake_case`.
    pub(crate) name: &'static str,
    /// What it takes, in words.
    pub(crate) takes: &'static str,
    /// What it takes, for the command line.
    pub(crate) shape: Shape,
    /// The value where nobody gives one, as text; empty for none.
    pub(crate) default: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// How much of it may be shown.
    pub(crate) secrecy: Secrecy,
}

impl Key {
    /// Gives the name by which sections read it and messages call it: `limits.sends_per_second`.
    pub(crate) fn path(&self) -> String {
        self.joined(".")
    }

    /// Gives the long flag without its dashes: `limits-sends-per-second`.
    pub(crate) fn flag(&self) -> String {
        self.joined("-").replace('_', "-")
    }

    /// Gives the environment variable: `CHINWAG_LIMITS_SENDS_PER_SECOND`.
    pub(crate) fn variable(&self) -> String {
        format!("CHINWAG_{}", self.joined("_").to_uppercase())
    }

    /// Tells whether `CHINWAG_<X>_FILE` names a file that holds the value.
    pub(crate) fn has_secret_file(&self) -> bool {
        self.secrecy != Secrecy::Open
    }

    /// Tells whether there is a flag. What must never stand in a process list has none.
    pub(crate) fn has_flag(&self) -> bool {
        self.secrecy != Secrecy::Hidden
    }

    /// Tells whether it can stand in the file. Where the file is can't.
    pub(crate) fn in_file(&self) -> bool {
        self.path() != "config"
    }

    fn joined(&self, separator: &str) -> String {
        self.section.map_or_else(|| self.name.to_owned(), |section| format!("{section}{separator}{}", self.name))
    }
}

const fn one(name: &'static str, takes: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { section: None, name, takes, shape: Shape::One, default, doc, secrecy: Secrecy::Open }
}

const fn switch(name: &'static str, doc: &'static str) -> Key {
    Key { shape: Shape::Switch, ..one(name, "true or false", "false", doc) }
}

const fn list(name: &'static str, takes: &'static str, doc: &'static str) -> Key {
    Key { shape: Shape::List, ..one(name, takes, "", doc) }
}

const fn limit(name: &'static str, takes: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { section: Some("limits"), ..one(name, takes, default, doc) }
}

const fn auth(name: &'static str, takes: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { section: Some("auth"), ..one(name, takes, default, doc) }
}

/// Every setting, in the order of the documentation.
pub(crate) const KEYS: &[Key] = &[
    one("config", "path", "", "The TOML file with settings. It can't be named in the file itself."),
    one("listen", "address:port", "127.0.0.1:8000", "Where to accept connections. Port 0 takes a free one."),
    one("data_dir", "path", "data", "Where the database, `secrets.toml` and the lock are kept."),
    one(
        "origin",
        "URL",
        "",
        "The address that people type, if it isn't the one of `listen`: `https://chat.example.org`.",
    ),
    list("cors_origin", "origins", "Other sites whose scripts may call this server: exact origins, no wildcard."),
    list("trusted_proxies", "addresses or networks", "Reverse proxies whose `X-Forwarded-For` is believed."),
    switch("demo", "Make a room and two accounts with well-known passwords on an empty store."),
    switch("demo_public", "Allow `demo` on an address that other machines can reach."),
    Key {
        secrecy: Secrecy::Credentials,
        ..one("store", "`sqlite`, `memory` or `mongodb://…`", "sqlite", "Where messages are kept.")
    },
    Key {
        secrecy: Secrecy::Credentials,
        ..one(
            "broker",
            "`local` or `mongodb`",
            "",
            "How nodes tell each other what happened: `local` for one node, `mongodb` (change streams) for several. \
             Without a value, what suits the store.",
        )
    },
    Key {
        secrecy: Secrecy::Hidden,
        ..one(
            "signing_key",
            "43 characters of base64url",
            "",
            "The key that signs access tokens, instead of the one in `secrets.toml`. All nodes of a cluster need the \
             same.",
        )
    },
    one("log", "filter", "info", "What to log: a level, or `target=level` pairs separated by commas."),
    one(
        "log_format",
        "`auto`, `text` or `json`",
        "auto",
        "How to log; `auto` is text on a terminal and JSON elsewhere.",
    ),
    limit("frame_bytes", "bytes", "65536", "Bytes of a WebSocket message from a client."),
    limit("json_depth", "count", "16", "How deep JSON from a client may be nested."),
    limit("body_bytes", "bytes", "65536", "Bytes of a request's body."),
    limit("header_bytes", "bytes", "16384", "Bytes of a request's header block; at least 8192."),
    limit("header_seconds", "seconds", "10", "How long a client may take to send the header block."),
    limit("connections_per_user", "count", "20", "Sockets of a user at the same time."),
    limit("sends_per_second", "count", "5", "Messages of a user, on average."),
    limit("sends_burst", "count", "15", "Messages of a user at once."),
    limit("commands_per_second", "count", "20", "Other commands of a user, on average."),
    limit("commands_burst", "count", "40", "Other commands of a user at once."),
    limit(
        "logins_per_account",
        "count in 15 minutes",
        "10",
        "Log-ins with the wrong password before an account answers more slowly.",
    ),
    limit("logins_per_address", "count in a minute", "30", "Log-ins from an address."),
    auth(
        "argon2_memory_kib",
        "KiB",
        "19456",
        "Memory for hashing one password. Less than 19456 (19 MiB) is only for load tests.",
    ),
    auth("argon2_passes", "count", "2", "Passes over that memory. Less than 2 is only for load tests."),
    auth("access_token_minutes", "minutes", "60", "How long an access token is accepted."),
    auth("session_days", "days", "30", "How long a log-in lasts without being used."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling_for_each_place() {
        let key = KEYS.iter().find(|key| key.path() == "limits.sends_per_second").unwrap();
        assert_eq!(key.flag(), "limits-sends-per-second");
        assert_eq!(key.variable(), "CHINWAG_LIMITS_SENDS_PER_SECOND");
    }

    #[test]
    fn no_two_keys_share_a_name_anywhere() {
        for (index, key) in KEYS.iter().enumerate() {
            for other in &KEYS[index + 1..] {
                assert_ne!(key.path(), other.path());
                assert_ne!(key.variable(), other.variable());
                assert_ne!(format!("{}_FILE", key.variable()), other.variable());
            }
        }
    }
}
