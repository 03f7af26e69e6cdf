//! Other people.

use protocol::{ListDto, PublicUserDto};
use reqwest::Method;

use super::segment;
use crate::error::ClientError;
use crate::session::ClientSession;

impl ClientSession {
    /// Finds users by the beginning of their name; `cursor` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn users(&self, query: &str, cursor: Option<&str>) -> Result<ListDto<PublicUserDto>, ClientError> {
        let request = self.request(Method::GET, "/api/v1/users").query(&[("query", query)]);
        let request = if let Some(cursor) = cursor { request.query(&[("cursor", cursor)]) } else { request };
        self.call(request).await
    }

    /// Gives a user, by id or name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn view_user(&self, user: &str) -> Result<PublicUserDto, ClientError> {
        self.get(&format!("/api/v1/users/{}", segment(user))).await
    }
}
