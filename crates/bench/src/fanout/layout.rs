//! Who is in which room.

/// Rooms and their sockets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) rooms: usize,
    pub(super) sockets_per_room: usize,
}

impl Layout {
    /// Tells how many sockets there are.
    pub(super) fn sockets(self) -> usize {
        self.rooms * self.sockets_per_room
    }
}
