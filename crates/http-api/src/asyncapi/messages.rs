//! Messages of the document, one for each variant of a tagged type.

use serde_json::{Map, Value, json};

/// What stands for types of later versions; it is never sent.
const TO_COME: &str = "unknown";

/// Some messages, each under its key among the document's components.
pub(super) struct Messages(Vec<Message>);

struct Message {
    key: String,
    /// The word in the tag.
    name: String,
    summary: String,
    payload: Value,
}

impl Messages {
    /// Takes a tagged type apart: a message for each variant of `schema`, whose tag is in the field `tag`.
    pub(super) fn tagged(schemas: &Value, schema: &str, tag: &str) -> Self {
        let variants = schemas[schema]["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
        let message = |variant: &Value| {
            let name = tag_of(variant, tag)?.to_owned();
            let summary = variant["description"].as_str().unwrap_or_default().to_owned();
            (name != TO_COME).then(|| Message { key: name.clone(), name, summary, payload: variant.clone() })
        };
        Self(variants.iter().filter_map(message).collect())
    }

    /// Makes the one message of a type without tag.
    pub(super) fn single(key: &str, schema: &str, summary: &str) -> Self {
        let payload = json!({ "$ref": format!("#/components/schemas/{schema}") });
        Self(vec![Message { key: key.to_owned(), name: key.to_owned(), summary: summary.to_owned(), payload }])
    }

    /// Puts a word before the keys, so that messages of different kinds don't share any.
    pub(super) fn named(mut self, kind: &str) -> Self {
        for message in &mut self.0 {
            message.key = format!("{kind}.{}", message.name);
        }
        self
    }

    /// Adds the `id` that any command may have.
    pub(super) fn with_ids(mut self) -> Self {
        let id = json!({ "$ref": "#/components/schemas/CommandId" });
        for message in &mut self.0 {
            let named = json!({ "type": "object", "properties": { "id": id } });
            message.payload = json!({ "allOf": [message.payload, named] });
        }
        self
    }

    /// Gives the keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|message| message.key.as_str())
    }

    /// Gives the messages as components.
    pub(super) fn into_components(self) -> Map<String, Value> {
        let component = |message: Message| {
            let Message { key, name, summary, payload } = message;
            (key, json!({ "name": name, "title": name, "summary": summary, "payload": payload }))
        };
        self.0.into_iter().map(component).collect()
    }
}

/// Finds the word of a variant's tag: in the variant itself, or in a part of it.
fn tag_of<'a>(variant: &'a Value, tag: &str) -> Option<&'a str> {
    let own = variant["properties"][tag]["enum"][0].as_str();
    let parts = variant["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    own.or_else(|| parts.iter().find_map(|part| tag_of(part, tag)))
}
