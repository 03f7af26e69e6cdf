//! Identifiers that count up, so that a failed test prints the same ones again.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::model::Id;
use domain::port::IdGenerator;

/// Makes 0…01, 0…02, 0…03 and so on.
#[derive(Debug)]
pub struct SequentialIds {
    next: AtomicU64,
}

impl SequentialIds {
    /// Begins with 1.
    pub const fn new() -> Self {
        Self::starting_at(1)
    }

    /// Begins with that number, so that two generators in one test don't meet.
    pub const fn starting_at(first: u64) -> Self {
        Self { next: AtomicU64::new(first) }
    }
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdGenerator for SequentialIds {
    fn generate(&self) -> Id {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0_u8; 12];
        bytes[4..].copy_from_slice(&number.to_be_bytes());
        Id::from_bytes(bytes)
    }
}

/// Gives an identifier that no builder of this process gave before; later ones are greater.
pub fn fresh_id() -> Id {
    static IDS: SequentialIds = SequentialIds::new();
    IDS.generate()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_up_from_where_they_begin() {
        let ids = SequentialIds::starting_at(255);
        assert_eq!(ids.generate().to_string(), "0000000000000000000000ff");
        assert_eq!(ids.generate().to_string(), "000000000000000000000100");
        assert!(fresh_id() < fresh_id());
    }
}
