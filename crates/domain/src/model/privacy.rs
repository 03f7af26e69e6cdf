//! What somebody shows of themselves.

/// What a user shows of themselves. Whoever doesn't show something isn't shown it by others either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Privacy {
    /// That they are writing.
    pub typing: bool,
    /// How far they have read.
    pub receipts: bool,
    /// Whether they are there.
    pub presence: bool,
}

impl Default for Privacy {
    /// Shows everything.
    fn default() -> Self {
        Self { typing: true, receipts: true, presence: true }
    }
}
