//! What nodes tell each other about the clients they have.

use bson::oid::ObjectId;
use bson::{Document, RawDocument, doc};
use domain::model::{ChosenPresence, NodeId, NodePresence, PresenceReport, UserId};
use serde::Deserialize;

use crate::document::{PresenceDocument, id_of, oid, write_chosen};

/// A report; what the signal has besides is left out.
#[derive(Debug, Deserialize)]
struct ReportDocument {
    reporter: ObjectId,
    all: bool,
    users: Vec<UserDocument>,
}

#[derive(Debug, Deserialize)]
struct UserDocument {
    user_id: ObjectId,
    connected: bool,
    active: bool,
    /// Absent if they chose nothing.
    chosen: Option<PresenceDocument>,
}

/// Writes a report down.
pub(crate) fn write(report: &PresenceReport) -> Document {
    let user = |user: &NodePresence| {
        let mut document =
            doc! { "user_id": oid(user.user_id.id()), "connected": user.connected, "active": user.active };
        if user.chosen != ChosenPresence::default() {
            document.insert("chosen", write_chosen(&user.chosen));
        }
        document
    };
    let users: Vec<Document> = report.users.iter().map(user).collect();
    doc! { "kind": "presence", "reporter": oid(report.node.id()), "all": report.all, "users": users }
}

/// Reads a report; nothing if a newer version wrote it.
pub(crate) fn read(document: &RawDocument) -> Option<PresenceReport> {
    let report: ReportDocument = bson::deserialize_from_slice(document.as_bytes()).ok()?;
    let user = |user: UserDocument| {
        Some(NodePresence {
            user_id: UserId::new(id_of(user.user_id)),
            connected: user.connected,
            active: user.active,
            chosen: user.chosen.map(ChosenPresence::try_from).transpose().ok()?.unwrap_or_default(),
        })
    };
    let users = report.users.into_iter().map(user).collect::<Option<_>>()?;
    Some(PresenceReport { node: NodeId::new(id_of(report.reporter)), all: report.all, users })
}
