//! How a change is written over the message it was made to.

use bson::{Bson, Document, doc};
use domain::model::{ChangeKind, Message, MessageContent, MessageState, MessageVersion};

use super::message_content::{targets, write_pin, write_reactions, write_version};
use super::{from_time, oid};

/// Everything a tombstone hasn't.
const CONTENT: [&str; 7] = ["content", "version", "edited_at", "mentions", "reactions", "pin", "versions"];

/// How many numbers of one message stay used: far more changes than can be made to it while a node writes one batch.
const REVS: i32 = 1000;

/// Gives the update that makes a stored message what the change made of it, under the number that `changed` has.
pub(crate) fn message_update(before: &Message, changed: &Message, replaced: Option<&MessageVersion>) -> Document {
    let mut update = Update::default();
    let rev = changed.rev.to_i64();
    update.set.insert("rev", rev);
    update.set.insert("posted_rev", changed.posted_rev.to_i64());
    update.set.insert("change", changed.change.as_str());
    let mut push = Document::new();
    if before.change == ChangeKind::Post {
        // Documents of the first schema have no such list before they change.
        update.set.insert("revs", vec![before.rev.to_i64(), rev]);
    } else {
        push.insert("revs", doc! { "$each": [rev], "$slice": -REVS });
    }
    match &changed.state {
        MessageState::Deleted { at, by } => {
            update.set.insert("deleted_at", from_time(*at));
            update.set.insert("deleted_by", oid(by.id()));
            update.unset.extend(CONTENT.map(|name| (name.to_owned(), Bson::from(""))));
        }
        MessageState::Live(content) => update.write_content(changed.change, content),
    }
    if let Some(replaced) = replaced {
        push.insert("versions", write_version(replaced));
    }
    let operators = [("$set", update.set), ("$unset", update.unset), ("$push", push)];
    let used = operators.into_iter().filter(|(_, fields)| !fields.is_empty());
    used.map(|(operator, fields)| (operator.to_owned(), Bson::from(fields))).collect()
}

#[derive(Default)]
struct Update {
    set: Document,
    unset: Document,
}

impl Update {
    /// Writes what a change of that kind can have altered.
    fn write_content(&mut self, change: ChangeKind, content: &MessageContent) {
        match change {
            ChangeKind::Edit => {
                self.put("content", Some(content.body.as_str()));
                self.put("version", Some(content.version.get().cast_signed()));
                self.put("edited_at", content.edited_at.map(from_time));
                self.put_all("mentions", targets(&content.mentions));
            }
            ChangeKind::Reaction => self.put_all("reactions", write_reactions(&content.reactions)),
            ChangeKind::Pin => self.put("pin", content.pin.as_ref().map(write_pin)),
            // Those leave nothing to write, or no content.
            ChangeKind::Post | ChangeKind::Delete => {}
        }
    }

    fn put(&mut self, name: &str, value: Option<impl Into<Bson>>) {
        match value {
            Some(value) => self.set.insert(name, value),
            None => self.unset.insert(name, ""),
        };
    }

    /// Writes a list, or no list where there is nothing in it.
    fn put_all<T: Into<Bson>>(&mut self, name: &str, values: Vec<T>) {
        self.put(name, (!values.is_empty()).then_some(values));
    }
}
