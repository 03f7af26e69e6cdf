//! What every `Broadcaster` must do.

mod delivery;
mod notices;
mod subscribers;

pub use self::delivery::*;
pub use self::notices::*;
pub use self::subscribers::*;

/// Makes one test per case of this port; the argument is awaited to give [`Broadcasters`](crate::Broadcasters).
#[macro_export]
macro_rules! broadcaster_contract {
    ($fresh:expr) => {
        $crate::__contract! { await broadcaster, $crate::Broadcasters, $fresh, [
            session_and_user_revocations_arrive_on_every_node
            comings_and_goings_arrive_on_every_node
            a_message_arrives_whole_on_every_node
            the_longest_message_arrives_whole_on_every_node
            a_tombstone_arrives_whole_on_every_node
            a_message_with_everything_arrives_whole_on_every_node
            events_published_on_either_node_arrive_on_both
            typing_arrives_on_every_node
            markers_arrive_on_every_node
            changes_of_rooms_and_users_arrive_on_every_node
            presence_reports_arrive_whole_on_every_node
            publishing_without_a_subscriber_is_fine
            every_subscriber_receives_every_event
            a_subscriber_that_goes_away_disturbs_nobody
            a_subscriber_that_does_not_read_holds_up_nobody_and_learns_of_its_loss
        ] }
    };
}
