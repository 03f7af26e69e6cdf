//! The memory a hash is computed in.

use std::collections::TryReserveError;

use argon2::Block;

/// The fewest blocks reserved, 33 MiB. Only the blocks used are ever touched, so the rest costs addresses alone;
/// but glibc gives a freed allocation back to the system at once only if it has more than 32 MiB, and would keep
/// a smaller one for good.
const LEAST_RESERVED: usize = 33 * 1024 * 1024 / Block::SIZE;

/// A worker's scratch memory: kept from one hash to the next while more are waiting, given back when none is.
#[derive(Debug, Default)]
pub(crate) struct HashMemory {
    blocks: Vec<Block>,
}

impl HashMemory {
    /// Gives that many blocks of 1 KiB with anything in them.
    pub(crate) fn blocks(&mut self, count: usize) -> Result<&mut [Block], TryReserveError> {
        if self.blocks.len() < count {
            if self.blocks.capacity() < count {
                // The old blocks hold nothing worth copying.
                self.release();
                self.blocks.try_reserve_exact(count.max(LEAST_RESERVED))?;
            }
            self.blocks.resize(count, Block::new());
        }
        Ok(&mut self.blocks[..count])
    }

    /// Tells whether there is nothing to give back.
    pub(crate) const fn is_released(&self) -> bool {
        self.blocks.capacity() == 0
    }

    /// Gives the memory back to the system.
    pub(crate) fn release(&mut self) {
        self.blocks = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_when_asked_and_is_given_back() {
        let mut memory = HashMemory::default();
        assert!(memory.is_released());
        for count in [8, 64, 16, LEAST_RESERVED + 1] {
            assert_eq!(memory.blocks(count).unwrap().len(), count);
        }
        memory.release();
        assert!(memory.is_released());
    }
}
