//! Where messages are kept.

use std::fmt;

use super::nearest::did_you_mean;
use super::reader::Reader;
use super::redact::without_credentials;

/// A `mongodb://` URI. Neither `Debug` nor `Display` shows its credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MongoUri(String);

impl MongoUri {
    /// Reveals the URI, for the driver.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MongoUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for MongoUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_credentials(&self.0))
    }
}

/// Which store to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreConfig {
    /// An embedded database in the data directory.
    Sqlite,
    /// Nothing is kept; no file is written, not even secrets.
    Memory,
    /// A MongoDB server or cluster.
    MongoDb(MongoUri),
}

impl StoreConfig {
    /// Reads the key `store`.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.one("store", parse)
    }

    /// Names the kind of store, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Memory => "memory",
            Self::MongoDb(_) => "mongodb",
        }
    }
}

fn parse(text: &str) -> Result<StoreConfig, String> {
    match text {
        "sqlite" => Ok(StoreConfig::Sqlite),
        "memory" => Ok(StoreConfig::Memory),
        uri if uri.starts_with("mongodb://") || uri.starts_with("mongodb+srv://") => {
            Ok(StoreConfig::MongoDb(MongoUri(uri.to_owned())))
        }
        other => {
            let known = ["sqlite", "memory", "mongodb://"].map(str::to_owned);
            let start = other.split_inclusive("://").next().unwrap_or_default();
            Err(format!("it must be sqlite, memory or a mongodb:// URI{}", did_you_mean(start, known)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_never_shows_its_password() {
        let StoreConfig::MongoDb(uri) = parse("mongodb://ann:secret@db:27017/chat").unwrap() else { panic!() };
        assert_eq!(uri.reveal(), "mongodb://ann:secret@db:27017/chat");
        assert!(!format!("{uri} {uri:?}").contains("secret"));
    }

    #[test]
    fn another_store_is_refused_with_the_nearest_name() {
        assert!(parse("sqlit").unwrap_err().ends_with("did you mean sqlite?"));
        assert!(parse("mongo://db").unwrap_err().contains("mongodb://"));
    }
}
