//! The stable words every error is known by outside: a coarse kind and a code.

use std::error::Error;

/// Groups errors by what a caller can do about them; an edge maps each kind to one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request can't be understood at all.
    BadRequest,
    /// The request is understood, but a value in it breaks a rule.
    Invalid,
    /// The caller hasn't proved who they are.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The thing doesn't exist, or the caller may not know that it does.
    NotFound,
    /// The method doesn't exist on this resource.
    MethodNotAllowed,
    /// The request contradicts what is stored now.
    Conflict,
    /// The request is larger than a limit.
    TooLarge,
    /// The body is of a type that isn't accepted.
    UnsupportedMediaType,
    /// The caller has to wait before trying again.
    RateLimited,
    /// The server has no capacity right now.
    Overloaded,
    /// A back end can't be reached right now.
    Unavailable,
    /// A back end or the request took too long; the outcome may be unknown.
    Timeout,
    /// There is no room left to store anything.
    StorageFull,
    /// A fault of ours.
    Internal,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)+) => {
        /// Names one error for programs. The list only grows; `docs/errors.md` explains each code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)+
        }

        impl ErrorCode {
            /// Lists every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Gives the spelling used on the wire, in `snake_case`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

error_codes! {
    /// The request can't be understood.
    BadRequest => "bad_request",
    /// No credentials, or credentials that aren't valid any more.
    Unauthenticated => "unauthenticated",
    /// User name and password don't belong together.
    BadCredentials => "bad_credentials",
    /// The access token is past its time; refresh it.
    TokenExpired => "token_expired",
    /// The caller may not do this.
    Forbidden => "forbidden",
    /// Not there, or not visible to the caller.
    NotFound => "not_found",
    /// The caller has to join the room first.
    NotAMember => "not_a_member",
    /// The path exists, the method doesn't.
    MethodNotAllowed => "method_not_allowed",
    /// The request contradicts what is stored.
    Conflict => "conflict",
    /// The name belongs to somebody, or looks like one that does.
    UsernameTaken => "username_taken",
    /// A room of that name exists.
    RoomExists => "room_exists",
    /// The nonce was used for another message.
    NonceReused => "nonce_reused",
    /// The message was changed since the caller read it.
    VersionMismatch => "version_mismatch",
    /// The message is too old to be edited.
    EditWindowClosed => "edit_window_closed",
    /// The room is read-only.
    RoomArchived => "room_archived",
    /// One of the two people blocks the other.
    Blocked => "blocked",
    /// A text is longer than its limit.
    TooLong => "too_long",
    /// There are more of something than its limit.
    TooMany => "too_many",
    /// The body is larger than its limit.
    TooLarge => "too_large",
    /// The body's type isn't accepted here.
    UnsupportedMediaType => "unsupported_media_type",
    /// A value breaks a rule; the detail says which.
    Invalid => "invalid",
    /// Too many requests; wait.
    RateLimited => "rate_limited",
    /// The room allows one message in a while; wait.
    SlowMode => "slow_mode",
    /// The socket command doesn't exist.
    UnknownOp => "unknown_op",
    /// The server is at its capacity; wait.
    Overloaded => "overloaded",
    /// The store has no space left.
    StorageFull => "storage_full",
    /// A back end can't be reached; try again.
    Unavailable => "unavailable",
    /// It took too long; the outcome may be unknown.
    Timeout => "timeout",
    /// A fault of the server.
    Internal => "internal",
}

/// What every error of a use case can say about itself at an edge.
pub trait UseCaseError: Error + Send + Sync + 'static {
    /// Tells what a caller can do about it.
    fn kind(&self) -> ErrorKind;
    /// Names it for programs.
    fn code(&self) -> ErrorCode;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_error_codes_lists_exactly_the_codes_there_are() {
        let page = include_str!("../../../docs/errors.md");
        let listed: Vec<_> =
            page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect();
        let known: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(listed, known);
    }
}
