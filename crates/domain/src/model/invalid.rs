//! Why a value isn't acceptable, with the numbers somebody needs to mend it.

use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};

/// Says which rule of a value type a text breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidValue {
    /// There is nothing in it, or only white space.
    #[error("must not be empty")]
    Empty,
    /// It is shorter than the type allows.
    #[error("must have at least {min} {unit}, has {actual}")]
    TooShort {
        /// The smallest length allowed.
        min: usize,
        /// The length found.
        actual: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// It is longer than the type allows.
    #[error("must have at most {max} {unit}, has {actual}")]
    TooLong {
        /// The greatest length allowed.
        max: usize,
        /// The length found.
        actual: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// It holds a character that isn't allowed, or not at that place.
    #[error("may only have {allowed}; found {found:?}")]
    Character {
        /// The first character that isn't allowed.
        found: char,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// It hasn't the form it must have.
    #[error("must be {expected}")]
    Malformed {
        /// The form, in words.
        expected: &'static str,
    },
}

impl UseCaseError for InvalidValue {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::TooLong { .. } => ErrorCode::TooLong,
            Self::Empty | Self::TooShort { .. } | Self::Character { .. } | Self::Malformed { .. } => ErrorCode::Invalid,
        }
    }
}
