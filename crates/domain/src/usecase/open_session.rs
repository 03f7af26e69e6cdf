//! The last step of every way in: make a session and its two tokens.

use crate::Ports;
use crate::model::{AccessToken, Device, NewSession, RefreshToken, Session, SessionId, SessionUser, User};
use crate::port::{AccessClaims, RepositoryError};

/// A session with the tokens for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedSession {
    /// The session and its user.
    pub live: SessionUser,
    /// Proves the session with each request, for [`crate::SessionPolicy::access_lifetime`].
    pub access_token: AccessToken,
    /// Is exchanged once for new tokens.
    pub refresh_token: RefreshToken,
}

/// Stores a new session for the user and signs its first access token.
pub(super) async fn open_session(ports: &Ports, user: User, device: Device) -> Result<OpenedSession, RepositoryError> {
    let now = ports.clock.now();
    let refresh_token = ports.secrets.refresh_token();
    let session = Session {
        id: SessionId::new(ports.ids.generate()),
        user_id: user.id,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(ports.session_policy.session_lifetime),
        device,
    };
    let refresh_digest = ports.secrets.digest(&refresh_token);
    ports.sessions.insert(NewSession { session: session.clone(), refresh_digest }).await?;
    let live = SessionUser { session, user };
    Ok(OpenedSession { access_token: sign(ports, &live), live, refresh_token })
}

/// Signs an access token for a session, valid from now.
pub(super) fn sign(ports: &Ports, live: &SessionUser) -> AccessToken {
    let now = ports.clock.now();
    ports.access_tokens.issue(&AccessClaims {
        user_id: live.user.id,
        session_id: live.session.id,
        issued_at: now,
        expires_at: now.plus(ports.session_policy.access_lifetime),
    })
}
