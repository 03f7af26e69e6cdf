//! How a room's short number and a number of its timeline make one key.

use domain::model::{RoomRev, RoomSeq};

use crate::error::{Failure, corrupt};

/// How many bits of a key the number in the room has: over a trillion messages a room.
const BITS: u32 = 40;
const MASK: i64 = (1 << BITS) - 1;

/// The greatest number a room's timeline can reach in this store.
pub(crate) const MAX: i64 = MASK;

/// Makes the key of that number in that room. A number beyond [`MAX`], which no message has, counts as `MAX`.
pub(crate) fn key(room_no: i64, number: i64) -> i64 {
    (room_no << BITS) | number.clamp(0, MAX)
}

/// Gives the room's short number that a key begins with.
pub(crate) fn room_no(key: i64) -> i64 {
    key >> BITS
}

/// Reads the place in the room from a stored key.
pub(crate) fn seq(key: i64) -> Result<RoomSeq, Failure> {
    RoomSeq::from_i64(key & MASK).ok_or_else(|| corrupt("a negative place"))
}

/// Reads the number of the change from a stored key.
pub(crate) fn rev(key: i64) -> Result<RoomRev, Failure> {
    RoomRev::from_i64(key & MASK).ok_or_else(|| corrupt("a negative change"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_room_lie_between_those_of_its_neighbours() {
        assert!(key(1, MAX) < key(2, 0));
        assert_eq!(key(2, i64::MAX), key(2, MAX));
        assert_eq!((room_no(key(7, 9)), seq(key(7, 9)).unwrap().get()), (7, 9));
        assert!(key(8_388_607, MAX) > 0);
    }
}
