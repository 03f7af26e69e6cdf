//! Reactions: a set, whoever adds and takes at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::model::{
    ChangeKind, ChangeRefusal, Message, MessageChange, MessageState, Reaction, Reactions, User, UserId,
};
use domain::port::Changed;

use super::{ann_in_general, assert_dense, assert_shown_everywhere, rev};
use crate::builders::emoji;
use crate::stores::Stores;
use crate::together::together;

/// As many kinds as a message can have.
const TWENTY: [&str; 20] = [
    "😀", "😁", "😂", "😃", "😄", "😅", "😆", "😇", "😈", "😉", "😊", "😋", "😌", "😍", "😎", "😏", "😐", "😑", "😒",
    "😓",
];

fn react(by: &User, with: &str) -> MessageChange {
    MessageChange::React { by: by.id, emoji: emoji(with) }
}

fn unreact(by: &User, with: &str) -> MessageChange {
    MessageChange::Unreact { by: by.id, emoji: emoji(with) }
}

/// The reactions as kinds with names of users, in order.
fn kinds(message: &Message) -> Vec<(&'static str, Vec<UserId>)> {
    let reactions = message.reactions().expect("it is live").as_slice();
    reactions.iter().map(|reaction| (reaction.emoji.as_str(), reaction.users.clone())).collect()
}

async fn users(stores: &Stores, number: usize) -> Vec<User> {
    let mut users = Vec::new();
    for index in 0..number {
        users.push(stores.add_user(&format!("reactor-{index:03}")).await);
    }
    users
}

pub async fn a_reaction_comes_under_the_next_rev_and_changes_nothing_else(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "good news").await;
    let reacted = stores.react(&message, &ann, "👍").await;
    let mut content = message.content().expect("it is live").clone();
    content.reactions = Reactions::from_stored(vec![Reaction { emoji: emoji("👍"), users: vec![ann.id] }]);
    let state = MessageState::Live(content);
    let expected = Message { rev: rev(2), change: ChangeKind::Reaction, state, ..message.clone() };
    assert_eq!(reacted, expected);
    assert_shown_everywhere(stores, &reacted).await;
    let taken_back = stores.change(message.id, unreact(&ann, "👍")).await;
    assert_eq!(taken_back, Message { rev: rev(3), change: ChangeKind::Reaction, ..message });
    assert_shown_everywhere(stores, &taken_back).await;
}

pub async fn reacting_twice_and_taking_back_what_is_not_there_change_nothing(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    let message = stores.post(general.id, &ann, "good news").await;
    let reacted = stores.react(&message, &ann, "👍").await;
    for change in [react(&ann, "👍"), unreact(&bob, "👍"), unreact(&ann, "👎"), unreact(&ann, "👍🏿")] {
        let outcome = stores.messages.change(message.id, change).await.expect("the store answers");
        assert_eq!(outcome, Changed::Unchanged(reacted.clone()));
    }
    assert_eq!(stores.head(general.id).await.rev, rev(2), "what isn't changed takes no number");
    assert_shown_everywhere(stores, &reacted).await;
}

pub async fn reactions_keep_the_order_in_which_they_came(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let users = users(stores, 3).await;
    let message = stores.post(general.id, &ann, "good news").await;
    // Users and emoji in no order of their own.
    for (by, with) in [(2, "🎉"), (0, "👍"), (0, "🎉"), (1, "❤️"), (1, "🎉"), (2, "👍")] {
        stores.react(&message, &users[by], with).await;
    }
    let [first, second, third] = [users[0].id, users[1].id, users[2].id];
    let expected = [("🎉", vec![third, first, second]), ("👍", vec![first, third]), ("❤️", vec![second])];
    let shown = stores.find(message.id).await;
    assert_eq!(kinds(&shown), expected);
    assert_shown_everywhere(stores, &shown).await;

    stores.change(message.id, unreact(&users[2], "🎉")).await;
    stores.react(&message, &users[2], "🎉").await;
    stores.change(message.id, unreact(&users[1], "❤️")).await;
    let shown = stores.find(message.id).await;
    assert_eq!(kinds(&shown), [("🎉", vec![first, second, third]), ("👍", vec![first, third])]);
    assert_shown_everywhere(stores, &shown).await;
}

/// Variation selectors, skin tones, joiners, flags and keycaps: each its own kind.
pub async fn emoji_of_every_make_are_kept_apart(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "good news").await;
    let samples = ["❤️", "👍", "👍🏿", "👍🏻", "👩‍👩‍👧‍👦", "👩🏽‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇨🇭", "🇭🇨", "#️⃣", "*️⃣", "1️⃣", "🏳️‍🌈"];
    let samples: Vec<&str> = samples.into_iter().filter(|text| domain::model::Emoji::parse(text).is_ok()).collect();
    assert!(samples.len() >= 12, "they are emoji");
    for with in &samples {
        stores.react(&message, &ann, with).await;
    }
    let shown = stores.find(message.id).await;
    let expected: Vec<_> = samples.iter().map(|with| (emoji(with).as_str(), vec![ann.id])).collect();
    assert_eq!(kinds(&shown), expected);
    assert_shown_everywhere(stores, &shown).await;
}

pub async fn the_21st_kind_is_refused_and_more_of_a_kind_that_is_there_are_not(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    let message = stores.post(general.id, &ann, "good news").await;
    for with in TWENTY {
        stores.react(&message, &ann, with).await;
    }
    let full = stores.find(message.id).await;
    let refused = stores.messages.change(message.id, react(&bob, "👍")).await.expect("the store answers");
    assert_eq!(refused, Changed::Refused(ChangeRefusal::TooManyReactions, full.clone()));
    assert_eq!(stores.head(general.id).await.rev, full.rev);
    stores.react(&message, &bob, "😓").await;
    stores.change(message.id, unreact(&ann, "😀")).await;
    let room_again = stores.react(&message, &bob, "👍").await;
    assert_eq!(kinds(&room_again).len(), 20);
    assert_shown_everywhere(stores, &room_again).await;
}

pub async fn of_25_kinds_at_once_20_are_kept(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let users = users(stores, 25).await;
    let message = stores.post(general.id, &ann, "good news").await;
    let more = ["👍", "👎", "🎉", "❤️", "🚀"];
    let results = together(TWENTY.into_iter().chain(more).zip(&users).map(|(with, user)| {
        let (messages, change) = (Arc::clone(&stores.messages), react(user, with));
        async move { messages.change(message.id, change).await.expect("the store answers") }
    }))
    .await;
    let made = results.iter().filter(|result| matches!(result, Changed::Done(_))).count();
    let full = ChangeRefusal::TooManyReactions;
    let refused = results.iter().filter(|result| matches!(result, Changed::Refused(refusal, _) if *refusal == full));
    assert_eq!((made, refused.count()), (20, 5));
    let shown = stores.find(message.id).await;
    assert_eq!((kinds(&shown).len(), shown.rev), (20, rev(21)));
}

/// Each of ten users adds and takes back three kinds in turn; the first kind ends taken back, the others added.
pub async fn of_100_reactions_at_once_none_is_lost(stores: &Stores) {
    const KINDS: [&str; 3] = ["👍", "🎉", "❤️"];
    let (ann, general) = ann_in_general(stores).await;
    let users = users(stores, 10).await;
    let message = stores.post(general.id, &ann, "good news").await;
    let revs = together(users.iter().map(|user| {
        let (messages, user, id) = (Arc::clone(&stores.messages), user.clone(), message.id);
        async move {
            let mut revs = Vec::new();
            for number in 0..10 {
                let with = KINDS[number % 3];
                let change = if (number / 3) % 2 == 0 { react(&user, with) } else { unreact(&user, with) };
                let outcome = messages.change(id, change).await.expect("the store answers");
                let Changed::Done(message) = outcome else { panic!("each of these changes something: {outcome:?}") };
                revs.push(message.rev.get());
            }
            revs
        }
    }))
    .await;
    let mut revs: Vec<u64> = revs.into_iter().flatten().collect();
    revs.push(message.rev.get());
    assert_dense(revs, 101, "rev");
    let shown = stores.find(message.id).await;
    assert_eq!(shown.rev, rev(101));
    let everybody: BTreeSet<UserId> = users.iter().map(|user| user.id).collect();
    let mut found = kinds(&shown);
    found.sort_unstable_by_key(|(kind, _)| KINDS.iter().position(|known| emoji(known).as_str() == *kind));
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [emoji("🎉").as_str(), emoji("❤️").as_str()]);
    for (kind, users) in found {
        assert_eq!(users.len(), 10, "nobody reacted twice with {kind}");
        assert_eq!(users.into_iter().collect::<BTreeSet<_>>(), everybody, "everybody reacted with {kind}");
    }
    assert_shown_everywhere(stores, &shown).await;
}

pub async fn nobody_reacts_to_a_tombstone(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "bad news").await;
    stores.react(&message, &ann, "👍").await;
    let tombstone = stores.delete(&message).await;
    for change in [react(&ann, "🎉"), react(&ann, "👍"), unreact(&ann, "👍")] {
        let outcome = stores.messages.change(message.id, change).await.expect("the store answers");
        assert_eq!(outcome, Changed::Refused(ChangeRefusal::Deleted, tombstone.clone()));
    }
    assert_shown_everywhere(stores, &tombstone).await;
}
