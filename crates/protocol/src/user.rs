//! Accounts on the wire.

use domain::model::{User, UserId, Username};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::presence::PrivacyDto;
use crate::time::format_time;

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserDto {
    /// Names the user for ever.
    #[serde(rename = "_id")]
    pub id: String,
    /// The name to sign in with.
    pub username: String,
    /// The address the user gave, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When the account was made.
    pub created_at: String,
    /// Whether the account is shut.
    pub disabled: bool,
    /// `true` for an administrator of this server; absent for everybody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_admin: bool,
    /// What the user shows of themselves; only where users see their own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<PrivacyDto>,
}

impl UserDto {
    /// Gives an account as its owner sees it, with their choices.
    pub fn own(user: &User) -> Self {
        Self { privacy: Some(user.privacy.into()), ..Self::from(user) }
    }
}

/// An account as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicUserDto {
    /// Names the user for ever.
    #[serde(rename = "_id")]
    pub id: String,
    /// Their name.
    pub username: String,
    /// `true` once the account is shut; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

impl PublicUserDto {
    /// Gives an account that is open.
    pub fn open(id: UserId, username: &Username) -> Self {
        Self { id: id.to_string(), username: username.as_str().to_owned(), disabled: false }
    }
}

impl From<&User> for PublicUserDto {
    fn from(user: &User) -> Self {
        let username = user.username.as_str().to_owned();
        Self { id: user.id.to_string(), username, disabled: user.disabled }
    }
}

/// What a user wants changed about their own account; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UpdateMeDto {
    /// What they show of themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<PrivacyDto>,
}

impl From<&User> for UserDto {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()),
            created_at: format_time(user.created_at),
            disabled: user.disabled,
            is_admin: user.is_admin,
            privacy: None,
        }
    }
}

/// An account to be made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RegisterDto {
    /// 2–32 letters, digits, `_`, `.` and `-`, beginning with a letter or digit.
    #[schema(min_length = 2, max_length = 32)]
    pub username: String,
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    pub password: String,
    /// An address, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Makes the first account, which administers the server.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SetUpDto {
    /// The secret from the set-up link.
    pub token: String,
    /// 2–32 letters, digits, `_`, `.` and `-`, beginning with a letter or digit.
    #[schema(min_length = 2, max_length = 32)]
    pub username: String,
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    pub password: String,
}

impl std::fmt::Debug for RegisterDto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterDto").field("username", &self.username).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SetUpDto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetUpDto").field("username", &self.username).finish_non_exhaustive()
    }
}
