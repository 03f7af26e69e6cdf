//! Other people.

use protocol::PublicUserDto;

use super::segment;
use crate::error::ClientError;
use crate::session::ClientSession;

impl ClientSession {
    /// Gives a user, by id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn view_user(&self, id: &str) -> Result<PublicUserDto, ClientError> {
        self.get(&format!("/api/v1/users/{}", segment(id))).await
    }
}
