//! The store on MongoDB.

use super::Repositories;
use crate::config::{BrokerConfig, MongoUri};
use crate::failure::Failure;

#[derive(Debug)]
pub(crate) struct Connected;
impl Connected {
    pub(super) async fn close(self) {}
}
pub(super) async fn connect(uri: &MongoUri, _broker: BrokerConfig) -> Result<(Connected, Repositories), Failure> {
    Err(Failure::runtime(format!("{uri}: MongoDB is not wired up yet")))
}
pub(super) async fn migration_status(uri: &MongoUri) -> Result<String, Failure> {
    Err(Failure::runtime(format!("{uri}: MongoDB is not wired up yet")))
}
pub(super) async fn migrate(uri: &MongoUri) -> Result<String, Failure> {
    Err(Failure::runtime(format!("{uri}: MongoDB is not wired up yet")))
}
