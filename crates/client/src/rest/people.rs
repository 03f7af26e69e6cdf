//! People, and what the user is shown as to others.

use protocol::{ChosenPresenceDto, PublicUserDto};
use reqwest::Method;

use super::segment;
use crate::error::ClientError;
use crate::session::ClientSession;

/// What the user chose to be shown as.
const PRESENCE: &str = "/api/v1/users/me/presence";

impl ClientSession {
    /// Gives a user, by id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn view_user(&self, id: &str) -> Result<PublicUserDto, ClientError> {
        self.get(&format!("/api/v1/users/{}", segment(id))).await
    }

    /// Gives what the user chose to be shown as.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn presence(&self) -> Result<ChosenPresenceDto, ClientError> {
        self.get(PRESENCE).await
    }

    /// Chooses what the user is shown as.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn set_presence(&self, presence: &ChosenPresenceDto) -> Result<ChosenPresenceDto, ClientError> {
        self.call(self.request(Method::PUT, PRESENCE).json(presence)).await
    }
}
