//! What users chose to be shown as.

use domain::model::{Availability, ChosenPresence, StatusText, StoredPresence, Timestamp, UserId};

use super::{find, kept};
use crate::builders::BASE_TIME;
use crate::ids::fresh_id;
use crate::stores::Stores;

fn text(text: &str) -> StatusText {
    StatusText::parse(text).expect("a valid status text")
}

pub async fn a_choice_is_kept_whole_and_replaces_the_one_before(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let (longest, at) = ("👩‍👩‍👧‍👦".repeat(40), Timestamp::from_millis(-1_001));
    for chosen in [
        ChosenPresence {
            availability: Availability::DoNotDisturb,
            text: Some(text("$a.b \"x\" 👍 é")),
            until: Some(BASE_TIME),
        },
        ChosenPresence { availability: Availability::Idle, text: Some(text(&"é".repeat(100))), until: None },
        ChosenPresence { availability: Availability::Invisible, text: None, until: Some(at) },
        ChosenPresence { availability: Availability::Online, text: Some(text(&longest)), until: Some(BASE_TIME) },
        ChosenPresence::default(),
    ] {
        assert!(stores.presences.choose(ann.id, chosen.clone()).await.expect("it is kept"), "she exists");
        let expected = StoredPresence { user_id: ann.id, chosen, last_seen_at: None };
        assert_eq!(kept(stores, ann.id).await, expected, "also if it is past: what is left of it is for others to say");
    }
}

pub async fn a_choice_of_nobody_is_not_kept(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let nobody = UserId::new(fresh_id());
    let chosen = ChosenPresence { availability: Availability::Idle, ..ChosenPresence::default() };
    assert!(!stores.presences.choose(nobody, chosen).await.expect("the store answers"));
    assert_eq!(find(stores, &[nobody, ann.id]).await, []);
}

pub async fn presences_are_found_by_id_and_only_those_that_are_asked_for(stores: &Stores) {
    let mut ids = Vec::new();
    for name in ["zoe", "yan", "xen", "will"] {
        let user = stores.add_user(name).await;
        let chosen = ChosenPresence { availability: Availability::Idle, text: Some(text(name)), until: None };
        stores.presences.choose(user.id, chosen).await.expect("it is kept");
        ids.push(user.id);
    }
    let silent = stores.add_user("silent").await;
    let asked = [ids[3], silent.id, ids[0], UserId::new(fresh_id()), ids[2]];
    let found = find(stores, &asked).await;
    assert_eq!(found.iter().map(|presence| presence.user_id).collect::<Vec<_>>(), [ids[0], ids[2], ids[3]]);
    assert_eq!(found[1].chosen.text, Some(text("xen")));
    assert_eq!(find(stores, &[]).await, []);
}
