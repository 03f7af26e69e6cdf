//! Why a connection is closed before it is anybody's.

use domain::usecase::AuthenticateError;
use domain::{ErrorKind, UseCaseError};
use realtime::{CloseReason, ConnectError};

/// No credentials came in time.
pub(super) const NO_AUTH: CloseReason = CloseReason { code: 4001, reason: "no auth frame came in time" };
/// The client speaks another version of the protocol only.
pub(super) const WRONG_PROTOCOL: CloseReason = CloseReason { code: 4012, reason: "this server speaks chinwag.v1" };
/// The first frame isn't what it has to be.
pub(super) const BAD_TOKEN: CloseReason =
    CloseReason { code: 4004, reason: "the first frame must be auth with a valid token" };
/// The access token is past its time.
const TOKEN_EXPIRED: CloseReason = CloseReason { code: 4003, reason: "the access token has expired; refresh it" };
/// There is no place for the connection right now.
const OVERLOADED: CloseReason = CloseReason { code: 1013, reason: "try again later" };
/// The user has no place left.
const TOO_MANY: CloseReason = CloseReason { code: 1013, reason: "you have too many connections" };
/// A fault of ours.
const INTERNAL: CloseReason = CloseReason { code: 4000, reason: "something went wrong in the server" };

/// Gives the reason why a token doesn't open a connection.
pub(super) fn of_authentication(error: &AuthenticateError) -> CloseReason {
    match error {
        AuthenticateError::Expired => TOKEN_EXPIRED,
        AuthenticateError::Invalid | AuthenticateError::InvalidTicket => BAD_TOKEN,
        AuthenticateError::SessionEnded => CloseReason::SESSION_REVOKED,
        AuthenticateError::Disabled => CloseReason::ACCOUNT_DISABLED,
        AuthenticateError::Repository(error) => of_kind(error.kind()),
    }
}

/// Gives the reason why there is no connection for somebody who may have one.
pub(super) fn of_connecting(error: &ConnectError) -> CloseReason {
    match error {
        ConnectError::SessionEnded => CloseReason::SESSION_REVOKED,
        ConnectError::TooManyConnections { .. } => TOO_MANY,
        ConnectError::NotReady => OVERLOADED,
        ConnectError::Room(error) => of_kind(error.kind()),
    }
}

fn of_kind(kind: ErrorKind) -> CloseReason {
    match kind {
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Overloaded => OVERLOADED,
        _ => INTERNAL,
    }
}
