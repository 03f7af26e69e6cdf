//! When users were last seen: never earlier than was known already.

use std::sync::Arc;

use domain::model::{Availability, ChosenPresence, StoredPresence, Timestamp, UserId};

use super::{find, kept};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

async fn note(stores: &Stores, user_id: UserId, millis: i64) {
    let seen = [(user_id, Timestamp::from_millis(millis))];
    stores.presences.note_seen(&seen).await.expect("it is noted");
}

pub async fn the_latest_time_somebody_was_seen_is_kept(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for (millis, expected) in
        [(-2_000, -2_000), (-1_001, -1_001), (-5_000, -1_001), (7, 7), (7, 7), (6, 7), (1_000, 1_000)]
    {
        note(stores, ann.id, millis).await;
        let last_seen_at = Some(Timestamp::from_millis(expected));
        let expected = StoredPresence { user_id: ann.id, chosen: ChosenPresence::default(), last_seen_at };
        assert_eq!(kept(stores, ann.id).await, expected, "after {millis}");
    }
}

pub async fn choice_and_time_do_not_touch_each_other(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let chosen = ChosenPresence { availability: Availability::Invisible, ..ChosenPresence::default() };
    note(stores, ann.id, 5).await;
    stores.presences.choose(ann.id, chosen.clone()).await.expect("it is kept");
    note(stores, ann.id, 9).await;
    let last_seen_at = Some(Timestamp::from_millis(9));
    assert_eq!(kept(stores, ann.id).await, StoredPresence { user_id: ann.id, chosen, last_seen_at });
    stores.presences.choose(ann.id, ChosenPresence::default()).await.expect("it is kept");
    assert_eq!(kept(stores, ann.id).await.last_seen_at, last_seen_at);
}

pub async fn several_are_noted_at_once_and_nobody_is_passed_over(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let cid = stores.add_user("cid").await;
    let nobody = UserId::new(fresh_id());
    note(stores, bob.id, 100).await;
    let times = [(cid.id, 3), (nobody, 4), (bob.id, 50), (ann.id, 5)];
    let seen = times.map(|(id, millis)| (id, Timestamp::from_millis(millis)));
    stores.presences.note_seen(&seen).await.expect("those who exist are noted");
    stores.presences.note_seen(&[]).await.expect("nothing is noted");
    let found = find(stores, &[nobody, cid.id, bob.id, ann.id]).await;
    let found: Vec<_> = found.iter().map(|presence| (presence.user_id, presence.last_seen_at)).collect();
    let expected = [(ann.id, 5), (bob.id, 100), (cid.id, 3)];
    assert_eq!(found, expected.map(|(id, millis)| (id, Some(Timestamp::from_millis(millis)))));
}

pub async fn of_10_times_at_once_the_latest_is_kept(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    together((0..10_i64).map(|task| {
        let (presences, id) = (Arc::clone(&stores.presences), ann.id);
        async move {
            for step in 0..5 {
                let at = Timestamp::from_millis((task * 5 + step) * 7 % 50);
                presences.note_seen(&[(id, at)]).await.expect("it is noted");
                let kept = presences.find(&[id]).await.expect("it is read");
                assert!(kept[0].last_seen_at >= Some(at), "it never goes back");
            }
        }
    }))
    .await;
    assert_eq!(kept(stores, ann.id).await.last_seen_at, Some(Timestamp::from_millis(49)));
}
