//! The broadcaster.

use std::sync::Arc;

use infra_memory::LocalBroadcaster;
use testkit::Broadcasters;
use testkit::misbehaving::{BroadcasterFault, MisbehavingBroadcaster};

fn with_broadcaster(fault: BroadcasterFault) -> Broadcasters {
    let broadcaster = Arc::new(MisbehavingBroadcaster::new(Arc::new(LocalBroadcaster::new()), fault));
    Broadcasters { publisher: broadcaster.clone(), subscriber: broadcaster, guard: Box::new(()) }
}

// Time is paused: waiting in vain for an event takes no time.
caught! {
    broadcaster, with_broadcaster, tokio::test(start_paused = true),
    lost_events_are_caught: BroadcasterFault::LosesEveryOtherEvent =>
        events_published_on_either_node_arrive_on_both every_subscriber_receives_every_event;
    loss_that_nobody_is_told_of_is_caught: BroadcasterFault::KeepsLossToItself =>
        a_subscriber_that_does_not_read_holds_up_nobody_and_learns_of_its_loss;
    a_node_that_does_not_hear_itself_is_caught: BroadcasterFault::ForgetsItsOwnSubscribers =>
        session_and_user_revocations_arrive_on_every_node;
    a_broadcaster_without_timelines_is_caught: BroadcasterFault::CarriesNoTimeline =>
        a_message_arrives_whole_on_every_node a_tombstone_arrives_whole_on_every_node;
    a_subscription_that_ends_is_caught: BroadcasterFault::EndsAfterOneEvent =>
        events_published_on_either_node_arrive_on_both;
    a_broadcaster_of_timelines_alone_is_caught: BroadcasterFault::CarriesOnlyWhatIsStored =>
        typing_arrives_on_every_node markers_arrive_on_every_node presence_reports_arrive_whole_on_every_node
        changes_of_rooms_and_users_arrive_on_every_node;
    lost_roles_are_caught: BroadcasterFault::MakesEverybodyAPlainMember => comings_and_goings_arrive_on_every_node;
    cut_presence_reports_are_caught: BroadcasterFault::CutsPresenceReports =>
        presence_reports_arrive_whole_on_every_node;
}
