//! Looks up what answered messages say now: it isn't kept with the answers, so that a deleted text isn't quoted on.

use std::collections::{HashMap, HashSet};

use bson::doc;
use bson::oid::ObjectId;
use domain::model::{Message, MessageId, ReplyPreview};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use mongodb::action::Find;

use crate::collections::Collections;
use crate::document::{MessageDocument, StoredMessage, oid};
use crate::error::classify;

/// Gives the messages that a query finds, complete.
pub(crate) async fn select(
    collections: &Collections,
    find: Find<'_, MessageDocument>,
) -> Result<Vec<Message>, RepositoryError> {
    complete(collections, select_stored(find).await?).await
}

/// Gives the messages that a query finds, as they are stored.
pub(crate) async fn select_stored(find: Find<'_, MessageDocument>) -> Result<Vec<StoredMessage>, RepositoryError> {
    let found: Vec<MessageDocument> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
    found.into_iter().map(StoredMessage::try_from).collect()
}

/// Completes messages that were read just now, with one query for all answered ones that aren't among them; without
/// any, with none.
pub(crate) async fn complete(
    collections: &Collections,
    stored: Vec<StoredMessage>,
) -> Result<Vec<Message>, RepositoryError> {
    let mut answered: HashSet<MessageId> = stored.iter().filter_map(|one| one.answers).collect();
    let mut previews = Previews::new();
    for StoredMessage { message, .. } in &stored {
        if answered.remove(&message.id) {
            previews.insert(message.id, ReplyPreview::of(message));
        }
    }
    previews.extend(look_up(collections, answered).await?);
    Ok(stored.into_iter().map(|one| with_preview(one, &previews)).collect())
}

/// Completes one message.
pub(crate) async fn complete_one(collections: &Collections, stored: StoredMessage) -> Result<Message, RepositoryError> {
    let previews = look_up(collections, stored.answers).await?;
    Ok(with_preview(stored, &previews))
}

/// What answered messages say.
pub(crate) type Previews = HashMap<MessageId, ReplyPreview>;

/// Looks up what messages say now, with one query; for none, with none.
pub(crate) async fn look_up(
    collections: &Collections,
    answered: impl IntoIterator<Item = MessageId>,
) -> Result<Previews, RepositoryError> {
    let ids: Vec<ObjectId> = answered.into_iter().map(|id| oid(id.id())).collect();
    if ids.is_empty() {
        return Ok(Previews::new());
    }
    let found = select_stored(collections.find_messages(doc! { "_id": { "$in": ids } })).await?;
    Ok(found.into_iter().map(|one| (one.message.id, ReplyPreview::of(&one.message))).collect())
}

/// Completes a message with what was looked up.
pub(crate) fn with_preview(StoredMessage { message, answers }: StoredMessage, previews: &Previews) -> Message {
    let reply_to = answers.and_then(|id| previews.get(&id).cloned());
    Message { reply_to, ..message }
}
