//! Facts about the data set, in MongoDB.

use async_trait::async_trait;
use bson::doc;
use bson::oid::ObjectId;
use domain::model::Epoch;
use domain::port::{DatasetRepository, RepositoryError};

use crate::collections::Collections;
use crate::error::{classify, corrupt};

/// Tells about the data set in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoDatasetRepository {
    collections: Collections,
}

impl MongoDatasetRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }
}

/// Names the data set, unless it has a name.
pub(crate) async fn name_dataset(collections: &Collections) -> Result<(), mongodb::error::Error> {
    // An ObjectId is unique to this process and second, which is what telling data sets apart takes.
    let change = doc! { "$setOnInsert": { "epoch": ObjectId::new().to_hex() } };
    collections.meta.update_one(doc! { "_id": "dataset" }, change).upsert(true).await?;
    Ok(())
}

#[async_trait]
impl DatasetRepository for MongoDatasetRepository {
    async fn epoch(&self) -> Result<Epoch, RepositoryError> {
        let work = async {
            let found = self.collections.meta.find_one(doc! { "_id": "dataset" }).await.map_err(classify)?;
            let document = found.ok_or_else(|| corrupt("data set"))?;
            document.get_str("epoch").map(Epoch::new).map_err(|_| corrupt("epoch"))
        };
        self.collections.within(work).await
    }

    async fn check(&self) -> Result<(), RepositoryError> {
        let work = async {
            let change = doc! { "$currentDate": { "checked_at": true } };
            self.collections.meta.update_one(doc! { "_id": "check" }, change).upsert(true).await.map_err(classify)?;
            Ok(())
        };
        self.collections.within(work).await
    }
}
