//! Stores that break one promise each, in ways seen elsewhere. The suite is tested against them: it must fail.
//!
//! Each wraps an honest implementation and changes what goes in or comes out.

mod broadcaster;
mod memberships;
mod messages;
mod rooms;
mod sessions;
mod users;

pub use broadcaster::{BroadcasterFault, MisbehavingBroadcaster};
pub use memberships::{MembershipFault, MisbehavingMemberships};
pub use messages::{MessageFault, MisbehavingMessages};
pub use rooms::{MisbehavingRooms, RoomFault};
pub use sessions::{MisbehavingSessions, SessionFault};
pub use users::{MisbehavingUsers, UserFault};

/// Lets every other task have its turn, so that what isn't atomic is interrupted for certain.
async fn dawdle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
