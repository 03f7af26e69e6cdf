//! Stores that break one promise each, in ways seen elsewhere. The suite is tested against them: it must fail.
//!
//! Each wraps an honest implementation and changes what goes in or comes out.

mod broadcaster;
mod changes;
mod memberships;
mod messages;
mod presences;
mod read_states;
mod rooms;
mod sessions;
mod threads;
mod tickets;
mod users;
mod views;

pub use broadcaster::{BroadcasterFault, MisbehavingBroadcaster};
pub use changes::{ChangeFault, MisbehavingChanges};
pub use memberships::{MembershipFault, MisbehavingMemberships};
pub use messages::{MessageFault, MisbehavingMessages};
pub use presences::{MisbehavingPresences, PresenceFault};
pub use read_states::{MisbehavingReadStates, ReadStateFault};
pub use rooms::{MisbehavingRooms, RoomFault};
pub use sessions::{MisbehavingSessions, SessionFault};
pub use threads::{MisbehavingThreads, ThreadFault};
pub use tickets::{MisbehavingTickets, TicketFault};
pub use users::{MisbehavingUsers, UserFault};
pub use views::{MisbehavingViews, ViewFault};

/// Lets every other task have its turn, so that what isn't atomic is interrupted for certain.
async fn dawdle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
