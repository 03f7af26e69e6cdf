//! Coalesces who came and went: the number of notices grows with the square of a filling room.

use domain::model::{MemberNotice, UserId};
use protocol::{SeedFrame, SeedNotice};

use crate::frame::{Frame, encode_seed};

/// Notices that wait a moment for each other. Coming and going of one user in that moment cancel out.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    waiting: Vec<(UserId, bool, MemberNotice)>,
}

impl Notices {
    /// Adds «came» or «went».
    pub(crate) fn add(&mut self, came: bool, notice: MemberNotice) {
        let opposite = self.waiting.iter().position(|(user, other, _)| *user == notice.user_id && *other != came);
        match opposite {
            Some(index) => drop(self.waiting.remove(index)),
            None => self.waiting.push((notice.user_id, came, notice)),
        }
    }

    /// Tells whether any notice waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Gives the frames of all that wait, in their order.
    pub(crate) fn take(&mut self, room: &str) -> Vec<Frame> {
        let frame = |(_, came, notice): (UserId, bool, MemberNotice)| {
            let notice = SeedNotice::new(&notice, room);
            Frame::Notice(encode_seed(&if came { SeedFrame::UserJoined(notice) } else { SeedFrame::UserLeft(notice) }))
        };
        self.waiting.drain(..).map(frame).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::{Id, RoomId, Timestamp, Username};

    fn notice(user: u8) -> MemberNotice {
        MemberNotice {
            room_id: RoomId::new(Id::from_bytes([1; 12])),
            user_id: UserId::new(Id::from_bytes([user; 12])),
            username: Username::parse("ann").unwrap(),
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_reload_makes_no_notice() {
        let mut notices = Notices::default();
        notices.add(false, notice(1));
        notices.add(true, notice(1));
        assert!(notices.is_empty());
    }

    #[test]
    fn notices_of_different_people_keep_their_order() {
        let mut notices = Notices::default();
        notices.add(true, notice(1));
        notices.add(false, notice(2));
        assert_eq!(notices.take("general").len(), 2);
        assert!(notices.is_empty());
    }
}
