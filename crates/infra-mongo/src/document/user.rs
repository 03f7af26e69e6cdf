//! An account as MongoDB keeps it.

use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use domain::model::{EmailAddress, NewUser, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Credentials, RepositoryError};
use serde::{Deserialize, Serialize};

use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UserDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) username: String,
    /// The name in lower case: to look up and to list by.
    pub(crate) key: String,
    /// What names that look alike share; unique.
    pub(crate) skeleton: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    pub(crate) is_admin: bool,
    pub(crate) disabled: bool,
    pub(crate) created_at: DateTime,
    pub(crate) password_hash: String,
    /// Absent as long as everything is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) privacy: Option<PrivacyDocument>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct PrivacyDocument {
    typing: bool,
    receipts: bool,
    presence: bool,
}

impl From<Privacy> for PrivacyDocument {
    fn from(privacy: Privacy) -> Self {
        Self { typing: privacy.typing, receipts: privacy.receipts, presence: privacy.presence }
    }
}

impl From<PrivacyDocument> for Privacy {
    fn from(document: PrivacyDocument) -> Self {
        Self { typing: document.typing, receipts: document.receipts, presence: document.presence }
    }
}

/// Writes what a user shows of themselves.
pub(crate) fn write_privacy(privacy: Privacy) -> Document {
    doc! { "typing": privacy.typing, "receipts": privacy.receipts, "presence": privacy.presence }
}

impl From<&NewUser> for UserDocument {
    fn from(new: &NewUser) -> Self {
        let user = &new.user;
        Self {
            id: oid(user.id.id()),
            username: user.username.as_str().to_owned(),
            key: user.username.key(),
            skeleton: user.username.skeleton(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()),
            is_admin: user.is_admin,
            disabled: user.disabled,
            created_at: from_time(user.created_at),
            password_hash: new.password_hash.as_str().to_owned(),
            privacy: Some(PrivacyDocument::from(user.privacy)).filter(|_| user.privacy != Privacy::default()),
        }
    }
}

impl TryFrom<UserDocument> for User {
    type Error = RepositoryError;

    fn try_from(document: UserDocument) -> Result<Self, RepositoryError> {
        let email = document.email.as_deref().map(EmailAddress::parse).transpose();
        Ok(Self {
            id: UserId::new(id_of(document.id)),
            username: Username::parse(&document.username).map_err(|_| corrupt("user name"))?,
            email: email.map_err(|_| corrupt("e-mail address"))?,
            is_admin: document.is_admin,
            disabled: document.disabled,
            privacy: document.privacy.map(Privacy::from).unwrap_or_default(),
            created_at: to_time(document.created_at),
        })
    }
}

impl TryFrom<UserDocument> for Credentials {
    type Error = RepositoryError;

    fn try_from(document: UserDocument) -> Result<Self, RepositoryError> {
        let password_hash = PasswordHash::new(document.password_hash.clone());
        Ok(Self { user: document.try_into()?, password_hash })
    }
}
