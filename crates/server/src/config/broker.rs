//! How nodes tell each other what happened.

use super::reader::Reader;
use super::store::StoreConfig;

/// Which broadcaster to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokerConfig {
    /// Within this process.
    Local,
    /// Change streams of the MongoDB that is the store.
    MongoDb,
}

impl BrokerConfig {
    /// Reads the key `broker`; without a value, what suits the store.
    pub(crate) fn read(reader: &mut Reader<'_>, store: Option<&StoreConfig>) -> Option<Self> {
        let asked = reader.optional("broker", parse);
        let on_mongodb = matches!(store?, StoreConfig::MongoDb(_));
        match asked? {
            Some(Self::MongoDb) if !on_mongodb => {
                reader.fault("broker: mongodb needs store to be a mongodb:// URI");
                None
            }
            Some(broker) => Some(broker),
            None if on_mongodb => Some(Self::MongoDb),
            None => Some(Self::Local),
        }
    }
}

fn parse(text: &str) -> Result<BrokerConfig, String> {
    match text {
        "local" => Ok(BrokerConfig::Local),
        "mongodb" => Ok(BrokerConfig::MongoDb),
        uri if uri.starts_with("nats://") || uri.starts_with("tls://") => {
            Err("NATS is not available in this build yet; use mongodb or local".to_owned())
        }
        _ => Err("it must be local or mongodb".to_owned()),
    }
}
